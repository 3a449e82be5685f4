// Calls a task that it may not call.
// ends: ScriptError
(input, context) => context.call("../../other", {})
