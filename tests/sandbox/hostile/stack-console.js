// Says a value nested a hundred thousand deep.
// ends: completed
// output: 1
() => { let a = {}; for (let i = 0; i < 1e5; i++) a = { a }; console.log(a); console.table(a); return 1 }
