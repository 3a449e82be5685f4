// Cuts 2^32 holes.
// ends: TimeLimit
() => { const a = []; a.length = 2 ** 32 - 1; a[5] = 1; return a.slice(1).length }
