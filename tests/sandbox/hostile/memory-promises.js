// Keeps promises.
// ends: MemoryLimit
async () => { const a = []; for (;;) a.push(new Promise(() => {})) }
