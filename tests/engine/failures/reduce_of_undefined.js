(input) => {
  return Object.keys(input).length + input.items.reduce((sum, item) => sum + item.price, 0);
}
