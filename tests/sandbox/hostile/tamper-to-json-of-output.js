// Writes another output than it returns.
// ends: completed
// output: {"code": "time_limit"}
() => ({ toJSON: () => ({ code: "time_limit" }) })
