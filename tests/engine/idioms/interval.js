async function main(log) {
  await new Promise((resolve) => {
    let ticks = 0;
    const interval = setInterval((label) => { log(`${label} ${++ticks}`); if (ticks === 3) { clearInterval(interval); resolve(); } }, 2, "tick");
  });
  const stopped = setInterval(() => log("never"), 1);
  clearInterval(stopped);
  clearTimeout(undefined); clearInterval(12345); clearTimeout("x");
  await new Promise((resolve) => setTimeout(resolve, 10));
  log("end");
}
