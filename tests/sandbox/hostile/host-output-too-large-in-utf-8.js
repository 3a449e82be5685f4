// Returns a text whose bytes are more than its letters.
// ends: OutputLimit
() => "\u20ac".repeat(2e6)
