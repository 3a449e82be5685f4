// @module
const first = await new Promise((resolve) => setTimeout(resolve, 1, "first"));
const [second, third] = await Promise.all([Promise.resolve("second"), (async () => "third")()]);
const fallback = await Promise.reject(new Error("no")).catch(() => "fallback");
for await (const value of (async function* () { yield first; yield second; })()) globalThis.seen = [...(globalThis.seen ?? []), value];
async function main(log) {
  log([first, second, third, fallback]);
  log(globalThis.seen);
}
