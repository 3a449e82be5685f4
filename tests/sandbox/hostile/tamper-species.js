// Gives arrays and promises another species.
// ends: completed
// output: [1, 2]
async () => {
  for (const C of [Array, Promise, Map, Set, RegExp, ArrayBuffer]) try { Object.defineProperty(C, Symbol.species, { get() { throw new Error("species") }, configurable: true }) } catch {}
  await new Promise((done) => setTimeout(done, 1));
  return [1, 2];
}
