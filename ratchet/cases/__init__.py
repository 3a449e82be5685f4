"""A task's own cases: load them, run them, judge what came of them, and report it."""
