// Runs out of memory and begins again.
// ends: TimeLimit
() => { for (;;) try { const a = []; for (;;) a.push([]) } catch {} }
