// Backtracks through alternatives that mean the same.
// ends: TimeLimit
() => /^(a|a|aa)*$/.test("a".repeat(60) + "b")
