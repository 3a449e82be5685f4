(input) => {
  const sum = 1;
  const total = rate * sum;
  const rate = 2;
  return total;
}
