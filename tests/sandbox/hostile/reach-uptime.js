// Asks how long the machine, or the process, has been up.
// ends: completed
// output: [true, true]
() => [Math.abs(performance.timeOrigin + performance.now() - Date.now()) < 5000, performance.now() < 5000]
