// Takes iteration away.
// ends: completed
// output: {"a": [1]}
async () => {
  for (const it of [[][Symbol.iterator](), new Map()[Symbol.iterator](), ""[Symbol.iterator]()]) Object.getPrototypeOf(it).next = () => { throw new Error("next") };
  Array.prototype[Symbol.iterator] = null;
  await new Promise((done) => setTimeout(done, 1));
  return { a: [1] };
}
