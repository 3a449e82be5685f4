// Keeps buffers.
// ends: MemoryLimit
() => { const a = []; for (;;) a.push(new ArrayBuffer(1e6)) }
