// Loops while its output is looked at as a promise.
// ends: TimeLimit
() => ({ then() { for (;;); } })
