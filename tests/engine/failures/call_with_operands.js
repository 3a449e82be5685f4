(input) => {
  const a = 1;
  const b = 2;
  return input.combine(a + b, a * b);
}
