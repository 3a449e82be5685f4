// Waits in vain inside an async function.
// ends: NeverSettled
async () => { await new Promise(() => {}) }
