// Doubles a text.
// ends: MemoryLimit
() => { let s = "ab"; for (;;) s += s }
