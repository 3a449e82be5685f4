// Defines the names of the bridge anew.
// ends: completed
// output: [false, false]
// output(wasm): [1, 1]
// why(wasm): redefining dukpy's names
() => ["dukpy", "call_python"].map((name) => { try { Object.defineProperty(globalThis, name, { value: 1 }); return 1 } catch { return Reflect.deleteProperty(globalThis, name) } })
