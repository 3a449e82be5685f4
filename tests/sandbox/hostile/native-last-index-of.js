// Searches backwards from 2^53.
// ends: TimeLimit
() => Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1 }, 1)
