// Calls itself.
// ends: ScriptError
(input, context) => context.call("hostile", {})
