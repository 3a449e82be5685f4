(input) => {
  let sum = 0;
  for (const item of input.order.items) {
    sum += item.price;
  }
  return sum;
}
