// Runs out of stack and begins again.
// ends: TimeLimit
() => { const deep = () => deep() + 1; for (;;) try { deep() } catch {} }
