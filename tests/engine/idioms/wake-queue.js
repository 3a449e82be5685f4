// A consumer that sleeps until somebody wakes it.
async function main(log) {
  const items = [];
  let wake = () => {};
  const consumer = (async () => {
    for (;;) {
      while (items.length === 0) await new Promise((resolve) => (wake = resolve));
      const item = items.shift();
      log(item);
      if (item === "end") return "done";
    }
  })();
  for (const item of ["a", "b", "end"]) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    items.push(item);
    wake();
  }
  log(await consumer);
}
