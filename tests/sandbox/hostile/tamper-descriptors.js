// Makes every descriptor look like an accessor.
// ends: completed
// output: "one"
async () => {
  for (const key of ["get", "set", "value", "writable", "enumerable", "configurable"]) try { Object.defineProperty(Object.prototype, key, { value: undefined, writable: true, configurable: true }) } catch {}
  await new Promise((done) => setTimeout(done, 1));
  return "one";
}
