// Asks for a gigabyte of buffer at once.
// ends: MemoryLimit
() => new ArrayBuffer(2 ** 30).byteLength
