// Makes a proxy its own ancestor and asks what it descends from, in a native loop.
// ends: TimeLimit
() => { const child = {}; Object.setPrototypeOf(child, new Proxy({}, { getPrototypeOf: () => child })); return child instanceof Map }
