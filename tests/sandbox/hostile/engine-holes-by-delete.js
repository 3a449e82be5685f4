// Deletes the end of an array and pushes; QuickJS-ng 0.11 took the hole for a value.
// ends: completed
// output: [3, false]
() => { const list = [{}, {}]; delete list[1]; list.push({}); return [list.length, 1 in list] }
