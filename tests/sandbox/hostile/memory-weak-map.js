// Fills a weak map whose keys stay alive.
// ends: MemoryLimit
() => { const m = new WeakMap(); let key = {}; for (;;) { const next = { key }; m.set(next, [key]); key = next } }
