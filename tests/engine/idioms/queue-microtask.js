async function main(log) {
  const order = [];
  const note = (text) => order.push(text);
  queueMicrotask(() => { note(1); queueMicrotask(() => note(5)); });
  Promise.resolve().then(() => note(2)).then(() => note(6));
  (async () => { await undefined; note(3); await undefined; note(7); })();
  new Promise((resolve) => resolve(Promise.resolve())).then(() => note("resolved with a promise"));
  (async () => Promise.resolve())().then(() => note("returned a promise"));
  queueMicrotask(() => note(4));
  await new Promise((resolve) => setTimeout(resolve, 1));
  log(order);
}
