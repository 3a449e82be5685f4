// Makes an array from something that says it is long.
// ends: MemoryLimit
() => Array.from({ length: 2 ** 32 - 1 }, () => 1).length
