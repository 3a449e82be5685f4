// Loops while its output is written down.
// ends: TimeLimit
() => ({ toJSON() { for (;;); } })
