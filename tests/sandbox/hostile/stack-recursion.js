// Calls itself.
// ends: ScriptError
() => { const f = () => 1 + f(); return f() }
