// Reads a number of a hundred thousand digits, again and again.
// ends: TimeLimit
() => { for (;;) BigInt("9".repeat(100000)) }
