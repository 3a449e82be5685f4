// Looks for the constructor of buffers that was taken away.
// ends: completed
// output: true
() => { const own = new Uint8Array(1).buffer.constructor; return own === ArrayBuffer && !("resizable" in new own(8, { maxByteLength: 16 })) }
