"""Turn a folder or ZIP into a `Task`: files, metadata, schemas, digest."""
