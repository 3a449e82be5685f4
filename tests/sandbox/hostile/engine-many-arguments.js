// Calls with a hundred thousand arguments.
// ends: completed
// output: "RangeError"
() => { try { return ((...all) => all.length)(...new Array(1e5).fill(0)) } catch (e) { return e.name } }
