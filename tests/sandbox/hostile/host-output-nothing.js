// Returns nothing.
// ends: InvalidOutput
() => {}
