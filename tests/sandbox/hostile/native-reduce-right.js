// Folds 2^53 holes from the end.
// ends: TimeLimit
() => Array.prototype.reduceRight.call({ length: 2 ** 53 - 1 }, (a) => a, 0)
