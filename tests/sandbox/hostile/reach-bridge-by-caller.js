// Asks a function who called it.
// ends: completed
// output: "undefined"
() => { function f() { return f.caller } return String(f()) }
