// Backtracks inside a split.
// ends: TimeLimit
() => ("a".repeat(40) + "b").split(/(a*)*c/).length
