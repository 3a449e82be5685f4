// Backtracks through references to what it matched.
// ends: TimeLimit
() => /^(.*)(.*)(.*)(.*)(.*)\1\2\3\4\5$/.test("ab".repeat(200) + "c")
