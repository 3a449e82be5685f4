// Returns numbers that JSON turns into others.
// ends: completed
// output: [0, null, null, 1e300]
() => [-0, NaN, Infinity, 1e300]
