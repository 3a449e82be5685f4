async function main(log) {
  const step = async (sum, n) => { await new Promise((resolve) => setTimeout(resolve, 20 * (3 - n))); log(n); return sum + n; };
  log(await [1, 2, 3].reduce(async (sum, n) => step(await sum, n), Promise.resolve(0)));
  const entries = await Promise.all(Object.entries({ a: 1, b: 2 }).map(async ([key, value]) => [key, await step(10, value)]));
  log(Object.fromEntries(entries));
}
