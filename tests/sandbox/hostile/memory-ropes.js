// Keeps every step of a growing text.
// ends: MemoryLimit
() => { const all = []; let s = ""; for (let i = 0; ; i++) all.push((s = `${i}${s}` + s.slice(0, 9999))) }
