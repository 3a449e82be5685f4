// Has the host compute without end.
// ends: TimeLimit
async () => { const data = new Uint8Array(1e6); for (;;) await crypto.subtle.digest("SHA-512", data) }
