// Joins 2^32 holes by nothing.
// ends: TimeLimit
() => Array.prototype.join.call({ length: 2 ** 32 - 1 }, "")
