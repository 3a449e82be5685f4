// Fills a list of parameters.
// ends: MemoryLimit
() => { const p = new URLSearchParams(); for (let i = 0; ; i++) p.append(`key ${i}`, "value".repeat(100)) }
