function total({ price, count }) {
  return price * count;
}
(input) => {
  return total(input.item);
}
