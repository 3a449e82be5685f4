// Writes an object that throws wherever it is looked at.
// ends: completed
// output: 1
() => { const no = () => { throw new Error("no") }; console.log(new Proxy({}, { get: no, ownKeys: no, has: no, getPrototypeOf: no, getOwnPropertyDescriptor: no })); return 1 }
