// Loops while it is turned into a text.
// ends: TimeLimit
() => { console.log(`${{ [Symbol.toPrimitive]() { for (;;); } }}`) }
