async function main(log) {
  async function* numbers() { try { for (let n = 1; ; n++) { await null; yield n; } } finally { log("source closed"); } }
  async function* map(source, f) { for await (const value of source) yield f(value); }
  async function* filter(source, f) { for await (const value of source) if (f(value)) yield value; }
  async function* take(source, count) { for await (const value of source) { if (count-- <= 0) return; yield value; } }
  for await (const n of take(filter(map(numbers(), (n) => n * n), (n) => n % 2 === 1), 3)) log(n);
}
