// Asks the host by what JSON cannot hold.
// ends: ScriptError
(input, context) => { const a = {}; a.a = a; return context.call("other", a) }
