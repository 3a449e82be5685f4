// Deletes and redefines the properties of an object while it is copied.
// ends: completed
// output: 1000
() => { const o = {}; for (let i = 0; i < 1000; i++) o[`k${i}`] = i; Object.defineProperty(o, "k1", { enumerable: true, get() { for (let i = 2; i < 1000; i++) delete o[`k${i}`]; return 1 } }); return Object.keys({ ...o }).length }
