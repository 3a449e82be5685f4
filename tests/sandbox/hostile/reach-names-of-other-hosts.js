// Looks for what other hosts have.
// ends: completed
// output: []
() => ["process", "Deno", "Bun", "window", "self", "std", "os", "bjson", "scriptArgs", "print", "gc", "WebAssembly", "Worker", "navigator", "loadFile"].filter((name) => name in globalThis)
