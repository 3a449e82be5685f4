// Asks the host by a question that the engine can still write and the host could not read.
// ends: ScriptError
(input, context) => { let a = 1; for (let i = 0; i < 2000; i++) a = [a]; return context.call("other", a) }
