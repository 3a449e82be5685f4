// Registers symbols without end; the engine forgets those that nobody holds.
// ends: TimeLimit
() => { for (let i = 0; ; i++) Symbol.for(`symbol ${i}`) }
