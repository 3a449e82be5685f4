async function main(log) {
  const pages = { async *[Symbol.asyncIterator]() { yield* [1, 2]; yield Promise.resolve(3); } };
  const own = {
    [Symbol.asyncIterator]() {
      let n = 0;
      return { next: async () => (n < 3 ? { value: n++, done: false } : { value: undefined, done: true }), return: async () => { log("closed"); return {}; } };
    },
  };
  for await (const page of pages) log(page);
  for await (const value of own) { log(value); if (value === 1) break; }
  try { for await (const value of own) throw new Error(`at ${value}`); } catch (error) { log(error.message); }
}
