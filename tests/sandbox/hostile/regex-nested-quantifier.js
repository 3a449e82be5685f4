// Backtracks exponentially.
// ends: TimeLimit
() => /^(a+)+$/.test("a".repeat(40) + "b")
