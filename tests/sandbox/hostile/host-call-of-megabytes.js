// Asks the host by more than a frame can hold.
// ends: ScriptError
(input, context) => context.call("other", "x".repeat(5e6))
