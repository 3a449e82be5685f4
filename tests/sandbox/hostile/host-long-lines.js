// Writes more text than is kept.
// ends: completed
// output: 1
() => { for (let i = 0; i < 600; i++) console.log("x".repeat(1024)); return 1 }
