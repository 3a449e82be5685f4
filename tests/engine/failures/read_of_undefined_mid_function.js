function main(input) {
  const rate = 2;
  const order = input.order;
  const total = order.total * rate;
  return { total };
}
main;
