// Runs out of stack and begins again.
// ends: TimeLimit
// ends(wasm): ScriptError
// why(wasm): recursion that is caught
() => { const deep = () => deep() + 1; for (;;) try { deep() } catch {} }
