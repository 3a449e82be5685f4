"""The path itself: a task and an input become an `Execution`."""
