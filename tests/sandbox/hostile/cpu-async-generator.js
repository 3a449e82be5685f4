// Awaits a generator without end.
// ends: TimeLimit
async () => { async function* forever() { for (;;) yield } for await (const _ of forever()); }
