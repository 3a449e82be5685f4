// Writes beside a view by an index that shrinks on the way.
// ends: completed
// output: 8
() => { const view = new DataView(new ArrayBuffer(8)); try { view.setFloat64({ valueOf: () => 2 ** 53 - 1 }, 1) } catch {} try { view.getBigInt64(-1) } catch {} return view.byteLength }
