// Waits for what nothing can settle.
// ends: NeverSettled
() => new Promise(() => {})
