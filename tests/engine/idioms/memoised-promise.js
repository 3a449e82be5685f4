async function main(log) {
  const cache = new Map();
  const load = (key) => {
    if (!cache.has(key)) cache.set(key, (async () => { log(`load ${key}`); await new Promise((r) => setTimeout(r, 1)); if (key === "bad") throw new Error(key); return { key }; })()
      .catch((error) => { cache.delete(key); throw error; }));
    return cache.get(key);
  };
  const [a, b] = await Promise.all([load("x"), load("x")]);
  log(a === b);
  await load("bad").catch((error) => log(`failed ${error.message}`));
  await load("bad").catch((error) => log(`failed again ${error.message}`));
  log(a === (await load("x")));
}
