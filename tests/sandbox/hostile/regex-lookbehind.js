// Backtracks while it looks behind.
// ends: TimeLimit
() => /(?<=^(a+)+)$/.test("b" + "a".repeat(40))
