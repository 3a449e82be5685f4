// Throws an error that causes itself.
// ends: ScriptError
() => { const e = new Error("c"); e.cause = e; throw e }
