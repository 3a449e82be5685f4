// Calls with 2^32 arguments, which the engine refuses.
// ends: ScriptError
() => Math.max.apply(null, { length: 2 ** 32 - 1 })
