// Returns from an async generator that is asked from inside.
// ends: completed
// output: "string"
async () => { let g; g = (async function* () { g.return(1); g.throw(2).catch(() => {}); yield g.next(); })(); const first = await Promise.race([g.next(), Promise.resolve("none")]); return typeof first }
