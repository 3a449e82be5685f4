// Matches a group a million times, which takes more memory than there is.
// ends: MemoryLimit
() => /^(?:(a)|b)*$/.test("ab".repeat(5e5))
