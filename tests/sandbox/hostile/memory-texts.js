// Keeps texts.
// ends: MemoryLimit
() => { const a = []; for (let i = 0; ; i++) a.push("x".repeat(100000) + i) }
