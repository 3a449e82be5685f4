// Compiles parentheses nested a hundred thousand deep.
// ends: ScriptError
() => eval("(".repeat(1e5) + ")".repeat(1e5))
