// Loops while its error is read.
// ends: TimeLimit
() => { throw Object.defineProperty(new Error(), "message", { get() { for (;;); } }) }
