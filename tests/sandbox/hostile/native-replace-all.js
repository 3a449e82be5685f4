// Replaces each of a million letters by a million letters.
// ends: TimeLimit
() => { const s = "a".repeat(2 ** 20); return s.replaceAll("a", s).length }
