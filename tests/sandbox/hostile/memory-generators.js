// Keeps suspended generators.
// ends: MemoryLimit
() => { const a = []; for (;;) { const g = (function* () { yield new Array(100).fill(0) })(); g.next(); a.push(g) } }
