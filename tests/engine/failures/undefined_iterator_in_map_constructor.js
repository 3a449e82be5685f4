(input) => {
  const pairs = 7;
  return new Map(pairs);
}
