// Moves the index of an expression while it matches.
// ends: completed
// output: "bbbb,bbbb"
() => { const re = /a/gy; re.lastIndex = { valueOf() { re.compile("(b+)+", "g"); return 3 } }; return String(re.exec("aaaabbbb")) }
