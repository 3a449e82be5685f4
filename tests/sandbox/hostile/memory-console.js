// Says more than there is memory.
// ends: MemoryLimit
() => { const s = "x".repeat(8e6); console.log(s, s, s, s, s, s); return new Array(1e8).fill(s) }
