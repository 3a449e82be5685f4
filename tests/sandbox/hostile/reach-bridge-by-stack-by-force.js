// Defines the formatter over the lock on it.
// ends: completed
// output: "out"
() => { try { Object.defineProperty(Error, "prepareStackTrace", { value: (e, f) => f }); return "in" } catch { return "out" } }
