// Writes down a number of a million digits.
// ends: TimeLimit
() => { const n = (1n << 1000000n) - 1n; for (;;) n.toString() }
