(input) => { const a = { b: 1 }; const f = (x) => x.b; return f(a) + input.missing.b; }
