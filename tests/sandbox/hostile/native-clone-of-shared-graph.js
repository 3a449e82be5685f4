// Clones arrays that hold each other twice.
// ends: TimeLimit
() => { let o = []; for (let i = 0; i < 40; i++) o = [o, o]; return `${o.flat(Infinity)}` }
