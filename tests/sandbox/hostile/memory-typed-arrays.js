// Keeps typed arrays.
// ends: MemoryLimit
() => { const a = []; for (;;) a.push(new Float64Array(1e5).fill(1)) }
