async function main(log) {
  function semaphore(permits) {
    const queue = [];
    return {
      async acquire() { if (permits > 0) permits--; else await new Promise((resolve) => queue.push(resolve)); },
      release() { const next = queue.shift(); if (next) next(); else permits++; },
    };
  }
  const gate = semaphore(2);
  let most = 0, now = 0;
  await Promise.all(Array.from({ length: 6 }, async (_, index) => {
    await gate.acquire();
    most = Math.max(most, ++now);
    await null;
    log(index);
    now--;
    gate.release();
  }));
  log(`at most ${most}`);
}
