// Makes a resizable buffer by another class.
// ends: completed
// output: 8
() => { class B extends ArrayBuffer {} const b = Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }], B); return b.byteLength }
