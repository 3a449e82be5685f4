// Returns a number that JSON does not have.
// ends: InvalidOutput
() => ({ deep: [10n] })
