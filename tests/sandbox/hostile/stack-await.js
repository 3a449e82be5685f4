// Awaits promises of promises.
// ends: completed
// output: 1
async () => { let p = Promise.resolve(1); for (let i = 0; i < 20000; i++) { const q = p; p = (async () => await q)() } return p }
