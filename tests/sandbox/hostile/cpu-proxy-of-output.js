// Loops in a trap while its output is listed.
// ends: TimeLimit
() => new Proxy({}, { ownKeys() { for (;;); } })
