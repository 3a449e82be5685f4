// Makes every object a promise.
// ends: completed
// output: {"a": 1}
async () => {
  Object.defineProperty(Object.prototype, "then", { get() { return undefined }, set() {}, configurable: true });
  await new Promise((done) => setTimeout(done, 1));
  return { a: 1 };
}
