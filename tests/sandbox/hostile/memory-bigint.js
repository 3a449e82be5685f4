// Shifts a number to the left; the engine has a longest number.
// ends: MemoryLimit or ScriptError
() => { const a = []; for (let i = 1n; ; i++) a.push(1n << (i * 100000n)) }
