// Compiles groups nested a hundred thousand deep.
// ends: ScriptError
() => new RegExp("(".repeat(1e5) + ")".repeat(1e5)).test("")
