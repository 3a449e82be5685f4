async function main(log) {
  class Mutex {
    #last = Promise.resolve();
    lock() { let free; const before = this.#last; this.#last = new Promise((resolve) => (free = resolve)); return before.then(() => free); }
  }
  const mutex = new Mutex();
  let shared = 0;
  async function add(name) {
    const unlock = await mutex.lock();
    const read = shared;
    await new Promise((resolve) => setTimeout(resolve, 1));
    shared = read + 1;
    log(`${name} ${shared}`);
    unlock();
  }
  await Promise.all(["a", "b", "c"].map(add));
  log(shared);
}
