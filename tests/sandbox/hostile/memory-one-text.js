// Asks for half a gigabyte of text at once.
// ends: MemoryLimit
() => "a".repeat(2 ** 29)
