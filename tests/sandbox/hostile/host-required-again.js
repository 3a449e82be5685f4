// Looks for modules that are not there.
// ends: TimeLimit
() => { for (let i = 0; ; i++) try { require(`./${i}`) } catch {} }
