"""Programs that start the server: the file each of them reads, and the entry in it."""
