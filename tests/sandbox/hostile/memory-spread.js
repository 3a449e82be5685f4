// Spreads a generator without end.
// ends: MemoryLimit
() => [...(function* () { for (;;) yield 1 })()].length
