// Writes lines without end.
// ends: TimeLimit
() => { for (;;) console.log("line") }
