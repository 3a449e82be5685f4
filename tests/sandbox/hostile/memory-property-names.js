// Makes up property names.
// ends: MemoryLimit
() => { const o = {}; for (let i = 0; ; i++) o[`name ${i}`] = i }
