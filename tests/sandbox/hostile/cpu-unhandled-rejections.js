// Rejects without end and handles nothing; the first one ends it.
// ends: ScriptError
// ends(wasm): TimeLimit
// why(wasm): an unhandled rejection
async () => { for (;;) { Promise.reject(new Error("lost")); await new Promise((next) => setTimeout(next, 0)) } }
