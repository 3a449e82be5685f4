// Asks the host by a question nested nine thousand deep.
// ends: ScriptError
(input, context) => { let a = 1; for (let i = 0; i < 9000; i++) a = [a]; return context.call("other", a) }
