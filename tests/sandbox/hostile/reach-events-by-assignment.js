// Sends itself an event as the host would.
// ends: completed
// output: ["undefined", "undefined"]
// output(wasm): ["object", "number"]
// why(wasm): assigning dukpy's names
() => { globalThis.dukpy = { nonce: "", event: "timer", value: 1 }; globalThis.call_python = 1; return [typeof dukpy, typeof call_python] }
