// Writes one line of megabytes.
// ends: completed
// output: 1
() => { console.error("x".repeat(5e6)); return 1 }
