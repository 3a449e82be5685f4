// Formats stacks to get at the functions on them.
// ends: completed
// output: "string"
() => { Error.prepareStackTrace = (e, frames) => frames; return typeof new Error().stack }
