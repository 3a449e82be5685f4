async function main(log) {
  let attempts = 0;
  async function flaky() { if (++attempts < 4) throw new Error(`attempt ${attempts}`); return `worked at ${attempts}`; }
  async function retry(work, times, delay) {
    for (let left = times; ; left--) {
      try { return await work(); } catch (error) {
        log(error.message);
        if (left === 1) throw new Error("given up", { cause: error });
        await new Promise((resolve) => setTimeout(resolve, delay));
        delay *= 2;
      }
    }
  }
  log(await retry(flaky, 5, 1));
  attempts = -10;
  await retry(flaky, 2, 1).catch((error) => log([error.message, error.cause.message]));
}
