// Throws what throws when it is looked at.
// ends: ScriptError
() => { throw new Proxy(new Error("p"), { get() { throw new Error("trap") }, getPrototypeOf() { throw new Error("trap") } }) }
