(input) => {
  const { ...copy } = input.options;
  return copy;
}
