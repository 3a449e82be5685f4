// Searches 2^32 holes in one native call, which never asks for the time.
// ends: TimeLimit
() => { const a = []; a.length = 2 ** 32 - 1; return a.indexOf(1) }
