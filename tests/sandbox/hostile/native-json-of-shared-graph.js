// Returns 40 objects that JSON writes down 2^40 times.
// ends: TimeLimit
() => { let o = {}; for (let i = 0; i < 40; i++) o = { a: o, b: o }; return o }
