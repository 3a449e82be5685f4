async function main(log) {
  class Task extends Promise {
    static #count = 0;
    constructor(executor) { super(executor); this.number = ++Task.#count; }
    tap(f) { return this.then((value) => { f(value); return value; }); }
  }
  const first = new Task((resolve) => setTimeout(resolve, 1, "value"));
  const second = first.tap((value) => log(`tapped ${value}`));
  log([first instanceof Task, second instanceof Task, second instanceof Promise, second.constructor === Task]);
  log(await second);
  log([Task.resolve(1) instanceof Task, (await Task.all([Task.resolve(1), 2])).length, Task.reject(1).catch(() => {}) instanceof Task]);
  log([Promise.resolve(first) === first, Task.resolve(first) === first, Object.prototype.toString.call(first)]);
}
