// Moves 2^53 holes by one place.
// ends: TimeLimit
() => Array.prototype.splice.call({ length: 2 ** 53 - 2 }, 0, 0, 1)
