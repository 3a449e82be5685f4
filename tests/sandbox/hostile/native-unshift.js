// Moves 2^53 holes to make room in front.
// ends: TimeLimit
() => Array.prototype.unshift.call({ length: 2 ** 53 - 2 }, 1)
