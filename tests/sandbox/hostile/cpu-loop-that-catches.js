// Loops, and loops again in answer to whatever would stop it.
// ends: TimeLimit
() => { for (;;) try { for (;;); } catch {} }
