// Looks for what makes clocks and races.
// ends: completed
// output: ["undefined", "undefined", "undefined", "undefined", "undefined", false, false, false]
() => [typeof Atomics, typeof SharedArrayBuffer, typeof FinalizationRegistry, typeof WeakRef, typeof Iterator.concat, "resize" in ArrayBuffer.prototype, "transfer" in ArrayBuffer.prototype, "resizable" in new ArrayBuffer(8, { maxByteLength: 16 })]
