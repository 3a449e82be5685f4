// Flattens an array that holds itself.
// ends: ScriptError
() => { const a = [1]; a.push(a); return a.flat(Infinity).length }
