// Fills 2^53 places; QuickJS-ng 0.11 writes through a null pointer when there is no more room.
// ends: EngineCrash
// ends(wasm): MemoryLimit
// why(wasm): a crash
() => Array.prototype.fill.call({ length: 2 ** 53 - 1 }, 0)
