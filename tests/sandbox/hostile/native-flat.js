// Flattens 2^53 holes.
// ends: TimeLimit
() => Array.prototype.flat.call({ length: 2 ** 53 - 1 })
