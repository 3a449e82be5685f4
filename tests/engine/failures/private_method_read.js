class Store {
  #rows;
  first() { return this.#rows.first; }
}
(input) => new Store().first()
