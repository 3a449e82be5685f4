// Makes a text of 2^30 letters piece by piece.
// ends: completed
// output: "InternalError"
() => { try { let s = "x"; for (;;) s = s.concat(s, s) } catch (e) { return e === null ? "null" : e.name } }
