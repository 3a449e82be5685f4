// Spreads 2^32 holes.
// ends: TimeLimit
() => [].concat({ length: 2 ** 32 - 1, [Symbol.isConcatSpreadable]: true }).length
