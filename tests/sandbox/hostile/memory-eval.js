// Compiles functions and keeps them.
// ends: MemoryLimit
() => { const a = []; for (let i = 0; ; i++) a.push(eval(`(function f${i}() { return ${i} })`)) }
