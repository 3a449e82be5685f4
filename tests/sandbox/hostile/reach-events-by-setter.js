// Calls the setter of events and learns that it is asked for a nonce.
// ends: completed
// output: "nonce"
// output(wasm): "none"
// why(wasm): the setter of events with every nonce
() => { const set = Object.getOwnPropertyDescriptor(globalThis, "dukpy")?.set; if (!set) return "none"; let asked = ""; set(new Proxy({}, { get(_, key) { asked += key } })); return asked }
