// Recurses again each time it runs out of stack.
// ends: TimeLimit
() => { const deep = () => { try { deep() } finally { deep() } }; deep() }
