// Suspends functions without end; each lack of memory is a rejection that nobody reads.
// ends: MemoryLimit or TimeLimit
async () => { const f = async () => { await new Promise(() => {}) }; for (;;) f() }
