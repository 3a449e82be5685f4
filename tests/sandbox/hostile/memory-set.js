// Fills a set.
// ends: MemoryLimit
() => { const s = new Set(); for (let i = 0; ; i++) s.add(`key ${i}`) }
