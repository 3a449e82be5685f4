// Keeps objects.
// ends: MemoryLimit
() => { const a = []; for (;;) a.push({}) }
