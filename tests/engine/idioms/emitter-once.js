async function main(log) {
  class Emitter {
    #listeners = new Map();
    on(name, listener) { this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]); }
    emit(name, ...values) { for (const listener of this.#listeners.get(name) ?? []) listener(...values); }
    once(name) { return new Promise((resolve) => this.on(name, (...values) => resolve(values))); }
  }
  const emitter = new Emitter();
  const waiting = [emitter.once("ready"), emitter.once("ready"), emitter.once("data")];
  emitter.on("ready", (value) => log(`listener ${value}`));
  setTimeout(() => { emitter.emit("ready", 1); emitter.emit("ready", 2); log("emitted"); emitter.emit("data", 3, 4); }, 1);
  for (const one of waiting) log(await one);
}
