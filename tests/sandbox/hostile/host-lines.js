// Writes five thousand lines; the thousandth is the last that is kept.
// ends: completed
// output: 1
() => { for (let i = 0; i < 5000; i++) console.log(i); return 1 }
