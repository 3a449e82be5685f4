// Shrinks an array while it is concatenated.
// ends: completed
// output: true
() => { const list = [1, 2, 3]; Object.defineProperty(list, 1, { get() { list.length = 0; return 5 } }); return [].concat(list, list).length >= 0 }
