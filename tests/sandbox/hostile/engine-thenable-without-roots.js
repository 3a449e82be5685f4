// Suspends functions on promises that nothing else holds, while the engine collects garbage.
// ends: completed
// output: 200
async () => {
  const Native = (async () => {})().constructor;
  const wake = [];
  let woken = 0;
  const sleep = async (wait) => { await wait; woken++ };
  for (let i = 0; i < 100; i++) { sleep({ then(f) { wake.push(f) } }); sleep(new Native((f) => wake.push(f))) }
  await new Promise((done) => setTimeout(done, 1));
  for (const f of wake) f();
  await new Promise((done) => setTimeout(done, 1));
  return woken;
}
