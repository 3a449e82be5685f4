// Pushes onto an array of 2^31 places; QuickJS-ng 0.11 takes the size for negative.
// ends: completed
// output: 2147483648
() => { const list = [1, 2]; list.length = 2 ** 31 - 1; return list.push(3) }
