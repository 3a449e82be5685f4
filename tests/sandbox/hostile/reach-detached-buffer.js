// Takes the memory away from under a typed array.
// ends: completed
// output: [8, 8]
() => { const view = new Uint8Array(8); try { structuredClone(view.buffer, { transfer: [view.buffer] }) } catch {} try { view.buffer.transfer() } catch {} return [view.length, view.buffer.byteLength] }
