// Freezes everything there is.
// ends: completed
// output: [6]
async () => {
  for (const key of Object.getOwnPropertyNames(globalThis)) try { Object.freeze(globalThis[key]); Object.freeze(globalThis[key].prototype) } catch {}
  Object.freeze(globalThis);
  await new Promise((done) => setTimeout(done, 1));
  console.log("frozen");
  return [6];
}
