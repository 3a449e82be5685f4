// Looks for the bridge from functions of every other kind.
// ends: completed
// output: ["undefined", "undefined", "undefined"]
async () => {
  const kinds = [function* () {}, async function () {}, async function* () {}];
  const made = kinds.map((kind) => kind.constructor("yield_", "return typeof call_python"));
  return [made[0]().next().value, await made[1](), (await made[2]().next()).value];
}
