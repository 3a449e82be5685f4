// Makes symbols the keys of maps that hold nothing else.
// ends: completed
// output: 1
() => { for (let i = 0; i < 5000; i++) { const key = Symbol("key"); const map = new WeakMap(); map.set(key, { map, key: [key] }) } return 1 }
