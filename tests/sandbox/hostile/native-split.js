// Splits by a separator that almost fits everywhere.
// ends: TimeLimit
() => "a".repeat(2 ** 22).split("a".repeat(2 ** 21) + "b").length
