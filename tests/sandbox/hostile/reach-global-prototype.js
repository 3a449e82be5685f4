// Puts a proxy behind the global object to see what is asked of it.
// ends: completed
// output: true
async () => {
  const asked = [];
  try { Object.setPrototypeOf(globalThis, new Proxy({}, { get(_, key) { asked.push(String(key)) }, has(_, key) { asked.push(String(key)); return false } })) } catch {}
  await new Promise((done) => setTimeout(done, 1));
  return !asked.some((key) => /nonce|python|dukpy/.test(key));
}
