// Searches a text for a needle that almost fits everywhere.
// ends: TimeLimit
() => "a".repeat(2 ** 22).indexOf("a".repeat(2 ** 21) + "b")
