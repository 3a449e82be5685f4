// Reports numbers that are no fractions.
// ends: completed
// output: 1
() => { for (const progress of [NaN, Infinity, -Infinity, -1, 1e308, 2n, {}, [], "x", null, undefined]) reportProgress({ progress, message: progress, step: progress }); return 1 }
