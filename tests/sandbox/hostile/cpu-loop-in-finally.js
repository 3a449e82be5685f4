// Loops while it gives up.
// ends: TimeLimit
() => { try { throw new Error("over") } finally { for (;;); } }
