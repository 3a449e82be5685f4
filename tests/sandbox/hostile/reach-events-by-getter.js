// Lies in wait for the nonce on the prototype of all objects.
// ends: completed
// output: []
async () => {
  const stolen = [];
  for (const key of ["nonce", "event", "value"])
    Object.defineProperty(Object.prototype, key, { get() { return undefined }, set(value) { stolen.push(value) }, configurable: true });
  await new Promise((done) => setTimeout(done, 1));
  return stolen.filter((value) => typeof value === "string" && /^[0-9a-f]{32}$/.test(value));
}
