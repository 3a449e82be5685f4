// Returns a value nested a hundred thousand deep.
// ends: InvalidOutput
// ends(wasm): ScriptError
// why(wasm): depth beyond the engine's own
() => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a }
