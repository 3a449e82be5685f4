// Reads itself.
// ends: ScriptError
() => ({ get a() { return this.a } }).a
