// Loops in a comparator.
// ends: TimeLimit
() => [3, 1, 2].sort(() => { for (;;); })
