// Sorts by a comparator that never agrees with itself.
// ends: TimeLimit
() => { for (;;) new Float64Array(1e5).sort(() => Math.random() - 0.5) }
