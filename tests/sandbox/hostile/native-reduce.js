// Folds 2^53 holes.
// ends: TimeLimit
() => Array.prototype.reduce.call({ length: 2 ** 53 - 1 }, (a) => a, 0)
