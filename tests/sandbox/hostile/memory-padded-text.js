// Pads a text to its greatest length.
// ends: MemoryLimit
() => "a".padStart(2 ** 30 - 2, "bc").length
