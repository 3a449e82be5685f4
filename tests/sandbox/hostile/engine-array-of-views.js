// Sets a typed array from an object that replaces itself.
// ends: completed
// output: [1, 0, 0, 4]
() => { const view = new Uint32Array(4); view.set({ length: 4, get 0() { view.set([9, 9, 9, 9]); return 1 }, 3: 4 }); return [...view] }
