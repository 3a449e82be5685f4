// At most two at a time.
async function main(log) {
  const waiting = [];
  let active = 0;
  async function limited(work) {
    if (active >= 2) await new Promise((resolve) => waiting.push(resolve));
    active++;
    try { return await work(); } finally { active--; waiting.shift()?.(); }
  }
  const work = (name, delay) => async () => {
    log(`start ${name} beside ${active - 1}`);
    await new Promise((resolve) => setTimeout(resolve, delay));
    log(`end ${name}`);
    return name;
  };
  log(await Promise.all([limited(work("a", 30)), limited(work("b", 10)), limited(work("c", 120)), limited(work("d", 5))]));
}
