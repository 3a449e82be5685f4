// Re-enters an async generator while its promise resolves; QuickJS-ng 0.11 frees its frame too early.
// ends: completed
// output: 1
async () => {
  let generator, turns = 0, busy = false;
  const gate = () => { let open; const opened = new Promise((resolve) => (open = resolve)); return { open, opened } };
  const gates = [gate(), gate(), gate()];
  const enter = () => (turns++ === 0 ? generator.return(0) : (generator.next(1), generator.return(1)));
  Object.defineProperty(Object.prototype, "then", { configurable: true, get() {
    if (busy || generator === undefined || turns > 1) return;
    busy = true;
    try { enter() } finally { busy = false }
  } });
  generator = (async function* () { try { for (const { opened } of gates) yield await opened } finally { await gates[2].opened } })();
  generator.next();
  for (const { open } of gates) { open({}); await null; await null }
  return 1;
}
