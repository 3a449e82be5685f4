// Throws a text that takes all that is left.
// ends: MemoryLimit
() => { const a = []; try { for (;;) a.push("x".repeat(1e6) + a.length) } catch { throw new Error(a.join("")) } }
