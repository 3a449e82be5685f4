async function main(log) {
  const sleep = (milliseconds, signal) => new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const timer = setTimeout(() => { signal.removeEventListener("abort", stop); resolve("slept"); }, milliseconds);
    const stop = () => { clearTimeout(timer); reject(signal.reason); };
    signal.addEventListener("abort", stop, { once: true });
  });
  const controller = new AbortController();
  log(await sleep(1, controller.signal));
  const sleeping = sleep(60000, controller.signal).catch((reason) => log(`stopped: ${reason.message}`));
  setTimeout(() => controller.abort(new Error("enough")), 1);
  await sleeping;
  await sleep(1, controller.signal).catch((reason) => log(`at once: ${reason.message}`));
}
