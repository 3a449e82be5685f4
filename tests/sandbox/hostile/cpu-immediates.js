// Makes the next immediate from each immediate.
// ends: TimeLimit
() => new Promise(() => { const again = () => setImmediate(again); again() })
