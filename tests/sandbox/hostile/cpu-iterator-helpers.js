// Searches an iterator without end.
// ends: TimeLimit
() => { function* forever() { for (;;) yield 1 } return forever().filter((n) => n > 1).find((n) => n > 2) }
