"""Settings from flags, the environment and a file, as the plain values that the core takes."""
