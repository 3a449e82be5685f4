// Shrinks an array while a typed array is made from it.
// ends: completed
// output: 1000
() => { const list = new Array(1000).fill(1); list[0] = { valueOf() { list.length = 1; return 7 } }; return new Float64Array(list).length }
