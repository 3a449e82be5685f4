// Compiles half an expression, where QuickJS-ng 0.11 read beyond the end.
// ends: completed
// output: "SyntaxError"
() => { for (const text of ["[", "[\\q{", "(?<", "(?"]) try { new RegExp(text, "v"); return text } catch (e) { if (e.name !== "SyntaxError") return e.name } return "SyntaxError" }
