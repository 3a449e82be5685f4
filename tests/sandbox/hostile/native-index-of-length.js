// Searches an object that says it has 2^53 elements.
// ends: TimeLimit
() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)
