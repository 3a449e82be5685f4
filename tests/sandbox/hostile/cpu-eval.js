// Compiles again and again.
// ends: TimeLimit
() => { for (;;) eval("1 + 1") }
