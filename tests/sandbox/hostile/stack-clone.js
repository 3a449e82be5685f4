// Clones a value nested ten thousand deep.
// ends: completed
// output: 1
() => { let a = {}; for (let i = 0; i < 1e4; i++) a = { a }; return Object.keys(structuredClone(a)).length }
