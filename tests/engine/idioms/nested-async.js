async function main(log) {
  const inner = async (n) => { log(`in ${n}`); await null; log(`out ${n}`); return n; };
  const middle = async (n) => (await inner(n)) + (await inner(n + 1));
  const outer = async () => { const [a, b] = await Promise.all([middle(1), middle(10)]); return a * b; };
  log(await outer());
  log(await (async () => (async () => (async () => "deep")())())());
}
