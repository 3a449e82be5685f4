// Sorts 2^53 holes.
// ends: TimeLimit
() => Array.prototype.sort.call({ length: 2 ** 53 - 1 })
