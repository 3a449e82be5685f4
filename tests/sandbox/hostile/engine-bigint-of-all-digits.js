// Squares a number until the engine has no more digits for it.
// ends: ScriptError
() => { let n = 3n; for (let i = 0; i < 24; i++) n = n * n; return `${n}`.length }
