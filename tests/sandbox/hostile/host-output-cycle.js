// Returns a value that holds itself.
// ends: InvalidOutput
() => { const a = {}; a.a = a; return a }
