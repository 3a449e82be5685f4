// Waits for a time that is far away.
// ends: TimeLimit
() => { const end = Date.now() + 1e6; while (Date.now() < end); }
