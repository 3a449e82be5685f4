async function main(log) {
  const run = async (name, body) => { try { log(`${name} try`); await body(); log(`${name} after`); } catch (e) { log(`${name} ${e.message}`); return "caught"; } finally { log(`${name} finally`); } };
  log(await Promise.all([run("a", async () => {}), run("b", async () => { throw new Error("b failed"); })]));
  await Promise.resolve(1).finally(() => 2).then(log);
  await Promise.reject(new Error("kept")).finally(async () => { await null; log("late"); }).catch((e) => log(e.message));
  await Promise.resolve(1).finally(() => { throw new Error("replaced"); }).catch((e) => log(e.message));
  log((() => { try { return "try"; } finally { log("before the return"); } })());
}
