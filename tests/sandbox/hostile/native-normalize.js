// Normalizes long texts again and again.
// ends: TimeLimit
() => { const s = "\u0344".repeat(1e5); for (;;) s.normalize("NFKC") }
