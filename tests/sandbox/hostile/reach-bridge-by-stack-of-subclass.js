// Formats the stacks of a class of its own.
// ends: completed
// output: "string"
() => { class E extends Error { static prepareStackTrace(e, frames) { return frames } } return typeof new E().stack }
