// Keeps an interval forever.
// ends: TimeLimit
() => new Promise(() => { setInterval(() => {}, 5) })
