// Writes down an array that grows by its own text.
// ends: MemoryLimit
() => { let v = ["x"]; for (;;) v = [JSON.stringify(v), JSON.stringify(v)] }
