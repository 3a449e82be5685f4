async function main(log) {
  const failing = Promise.reject(new Error("handled in the same turn"));
  await null;
  await failing.catch((error) => log(error.message));
  const all = [1, 2, 3].map(async (n) => { if (n === 2) throw new Error("two"); return n; });
  const results = [];
  for (const one of all) results.push(await one.catch((error) => error.message));
  log(results);
}
