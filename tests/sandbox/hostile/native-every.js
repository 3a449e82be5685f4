// Asks every hole of 2^53, without a call of the callback.
// ends: TimeLimit
() => Array.prototype.every.call({ length: 2 ** 53 - 1 }, () => true)
