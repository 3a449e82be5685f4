// Turns round 2^53 holes.
// ends: TimeLimit
() => Array.prototype.reverse.call({ length: 2 ** 53 - 1 })
