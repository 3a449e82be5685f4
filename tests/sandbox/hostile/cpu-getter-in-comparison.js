// Loops in a getter that a comparison reads.
// ends: TimeLimit
() => [1, 2].map(String).sort((a, b) => ({ get x() { for (;;); } }).x)
