// Throws more than an error can hold.
// ends: ScriptError
() => { throw new Error("x".repeat(1e6), { cause: new Error("y".repeat(1e6)) }) }
