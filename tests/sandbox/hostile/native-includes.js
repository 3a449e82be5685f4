// Looks for a value in 2^53 holes.
// ends: TimeLimit
() => Array.prototype.includes.call({ length: 2 ** 53 - 1 }, 1)
