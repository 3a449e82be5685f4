// Leaves behind a list a million long, which is freed link by link.
// ends: completed
// output: 1
() => { let list = null; for (let i = 0; i < 1e5; i++) list = { list }; list = null; return 1 }
