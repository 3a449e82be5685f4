// Asks the loader of modules for files of the machine.
// ends: completed
// output: "Cannot find module '/etc/passwd' in the task"
() => { const load = globalThis["ratchet:require"]; globalThis["ratchet:require"] = 1; try { load("/etc/passwd") } catch (e) { return e.message } }
