class Queue {
  #items = [];
  push(item) { this.#items.push(item); return this; }
  async drain() {
    for (const item of this.#items) {
      await item.run();
    }
  }
}
(input) => new Queue().push({}).drain()
