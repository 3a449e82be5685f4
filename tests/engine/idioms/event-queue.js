async function main(log) {
  const queue = { events: [], readers: [], push(e) { const r = this.readers.shift(); r ? r(e) : this.events.push(e); },
    next() { return this.events.length ? Promise.resolve(this.events.shift()) : new Promise((r) => this.readers.push(r)); } };
  const reader = async (name) => { for (;;) { const event = await queue.next(); if (event === null) return name; log(`${name} ${event}`); } };
  queue.push("early");
  const readers = [reader("x"), reader("y")];
  for (let n = 0; n < 3; n++) { queue.push(n); await new Promise((r) => setTimeout(r, 1)); }
  queue.push(null); queue.push(null);
  log(await Promise.all(readers));
}
