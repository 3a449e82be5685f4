// Turns arrays that hold themselves in depth into a text.
// ends: ScriptError
() => { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return String(a) }
