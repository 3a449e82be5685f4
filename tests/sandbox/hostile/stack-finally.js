// Recurses again each time it runs out of stack.
// ends: TimeLimit
// ends(wasm): ScriptError
// why(wasm): recursion that is caught
() => { const deep = () => { try { deep() } finally { deep() } }; deep() }
