// Looks for the bridge to Python.
// ends: completed
// output: ["undefined", "undefined", "undefined"]
() => [typeof call_python, typeof dukpy, typeof globalThis.call_python]
