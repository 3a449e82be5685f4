async function main(log) {
  await new Promise((resolve) => setTimeout(() => {
    setImmediate((...values) => { log(["immediate", ...values]); queueMicrotask(() => log("its microtask")); }, 1, 2);
    const never = setImmediate(() => log("never"));
    setImmediate(() => { log("second"); setImmediate(() => { log("nested"); resolve(); }); });
    clearImmediate(never);
    Promise.resolve().then(() => log("microtask"));
    log("scheduled");
  }, 1));
}
