// Doubles a text.
// ends: MemoryLimit
// ends(wasm): ScriptError
// why(wasm): a doubling text
() => { let s = "ab"; for (;;) s += s }
