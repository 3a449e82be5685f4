// Returns more than is taken.
// ends: OutputLimit
() => "x".repeat(5e6)
