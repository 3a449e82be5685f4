// Writes fifteen hundred lines; the thousandth is the last that is kept.
// ends: completed
// output: 1
() => { for (let i = 0; i < 1500; i++) console.log(i); return 1 }
