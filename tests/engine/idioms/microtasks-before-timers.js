async function main(log) {
  await new Promise((resolve) => {
    setTimeout(() => { log("timer 1"); Promise.resolve().then(() => log("microtask of timer 1")); }, 0);
    setTimeout(() => { log("timer 2"); resolve(); }, 0);
    Promise.resolve().then(() => { log("microtask 1"); queueMicrotask(() => log("microtask of microtask")); });
    queueMicrotask(() => log("microtask 2"));
    (async () => { log("sync part"); await null; log("after await"); })();
    log("end of script");
  });
}
