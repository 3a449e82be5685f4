// Loops in the callback of a replacement.
// ends: TimeLimit
() => "aaa".replace(/a/g, () => { for (;;); })
