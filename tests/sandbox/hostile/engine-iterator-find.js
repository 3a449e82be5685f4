// Looks for a value among many that do not match; QuickJS-ng 0.11 frees each once too often.
// ends: completed
// output: "undefinedobject"
() => { const one = {}; return String(new Array(5000).fill(one).values().find(() => false)) + typeof one }
