async function main(log) {
  function makeToken() {
    let cancel;
    const cancelled = new Promise((_, reject) => (cancel = (reason) => reject(new Error(reason))));
    cancelled.catch(() => {});
    return { cancel, guard: (promise) => Promise.race([promise, cancelled]) };
  }
  const token = makeToken();
  const worker = (async () => {
    try { for (let n = 0; ; n++) { await token.guard(new Promise((r) => setTimeout(r, 5))); if (n < 1) log(`step ${n}`); } } catch (error) { log(`cancelled: ${error.message}`); } finally { log("tidied"); }
  })();
  setTimeout(() => token.cancel("by the user"), 60);
  await worker;
}
