// Copies 2^53 holes onto themselves.
// ends: TimeLimit
() => Array.prototype.copyWithin.call({ length: 2 ** 53 - 1 }, 0, 1)
