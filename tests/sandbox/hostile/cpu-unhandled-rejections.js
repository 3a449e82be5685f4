// Rejects without end and handles nothing; the first one ends it.
// ends: ScriptError
async () => { for (;;) { Promise.reject(new Error("lost")); await new Promise((next) => setTimeout(next, 0)) } }
