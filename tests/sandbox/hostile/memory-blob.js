// Doubles a blob.
// ends: MemoryLimit
() => { let b = new Blob(["x".repeat(1000)]); for (;;) b = new Blob([b, b]) }
