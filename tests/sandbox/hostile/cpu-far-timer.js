// Sleeps for days.
// ends: TimeLimit
() => new Promise((resolve) => setTimeout(resolve, 1e9))
