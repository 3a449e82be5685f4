"""The HTTP server: REST, metrics and the documentation of both, over the same core as every other door."""
