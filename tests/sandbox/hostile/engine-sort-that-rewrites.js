// Rewrites the array while it is sorted.
// ends: completed
// output: 500
() => { const list = Array.from({ length: 500 }, (_, i) => ({ i })); list.sort((a, b) => { list.length = 0; for (let i = 0; i < 50; i++) list.push({}); return b.i - a.i }); return list.length }
