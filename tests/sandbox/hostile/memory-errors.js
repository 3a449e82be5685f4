// Keeps errors and their stacks.
// ends: MemoryLimit
() => { const a = []; for (;;) a.push(new Error("x".repeat(1000))) }
