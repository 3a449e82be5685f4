// Loops.
// ends: TimeLimit
() => { for (;;); }
