// Reads JSON nested a hundred thousand deep.
// ends: ScriptError
() => JSON.parse("[".repeat(1e5) + "]".repeat(1e5))
