// Throws an error that throws itself when its stack is read.
// ends: ScriptError
() => { const e = new Error("again"); Object.defineProperty(e, "stack", { get() { throw e } }); throw e }
