// Settles twice; the first time counts.
// ends: completed
// output: 1
() => ({ then(yes, no) { yes(1); yes(2); no(new Error("3")); throw new Error("4") } })
