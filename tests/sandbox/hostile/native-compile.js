// Compiles a function of so many variables that their names alone take long to compare.
// ends: TimeLimit
() => { try { return typeof new Function("let " + Array.from({ length: 70000 }, (_, i) => `v${i}`).join(",") + "; return v0") } catch (e) { return e.name } }
