function main(input) {
  const { orders } = input;
  let total = 0;
  for (let i = 0; i < 3; i++) {
    total += orders[i].price;
  }
  return total;
}
main;
