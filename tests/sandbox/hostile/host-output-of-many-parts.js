// Returns a million small things, for whose text there is no memory.
// ends: MemoryLimit
() => new Array(1e6).fill({})
