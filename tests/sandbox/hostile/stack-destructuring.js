// Destructures by a pattern nested deep.
// ends: ScriptError
() => eval("(" + "[".repeat(1e5) + "a" + "]".repeat(1e5) + ") => a")
