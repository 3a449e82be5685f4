// Returns more than a million small things, for whose text there is no memory.
// ends: MemoryLimit
// ends(wasm): OutputLimit
// why(wasm): small values
() => new Array(1.5e6).fill({})
