"""The only way out: every request to the network is made here, and checked on the way."""
