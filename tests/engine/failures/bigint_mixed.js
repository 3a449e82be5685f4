(input) => {
  const big = 10n;
  const total = big * 2;
  return total;
}
