"""The schemas of what the routes answer, one file a subject."""
