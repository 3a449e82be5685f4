async function main(log) {
  function withTimeout(promise, milliseconds) {
    let timer;
    const timeout = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error("too slow")), milliseconds); });
    return Promise.race([promise, timeout]).finally(() => { clearTimeout(timer); log("cleared"); });
  }
  log(await withTimeout(new Promise((resolve) => setTimeout(resolve, 1, "in time")), 200));
  try { await withTimeout(new Promise(() => {}), 2); } catch (error) { log(error.message); }
}
