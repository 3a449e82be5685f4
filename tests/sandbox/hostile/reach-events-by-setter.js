// Calls the setter of events and learns that it is asked for a nonce.
// ends: completed
// output: "nonce"
() => { const { set } = Object.getOwnPropertyDescriptor(globalThis, "dukpy"); let asked = ""; set(new Proxy({}, { get(_, key) { asked += key } })); return asked }
