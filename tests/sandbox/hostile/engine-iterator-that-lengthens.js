// Lengthens an array while a typed array is made from it.
// ends: completed
// output: [10, true]
() => {
  const list = new Array(10).fill(1);
  list[0] = { valueOf() { for (let i = 0; i < 1e5; i++) list.push(i); return 1 } };
  return [new Uint8Array(list).length, Uint8Array.from(list, (x) => { list.length = 0; return x }).length > 0];
}
