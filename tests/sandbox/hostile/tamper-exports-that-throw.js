// Exports what throws when it is looked at.
// ends: ScriptError
module.exports = new Proxy({}, { get() { throw new Error("exports") }, has() { throw new Error("exports") } });
