class Order {
  get total() {
    return this.lines.length;
  }
}
(input) => new Order().total
