(input) => {
  const defaults = [1, 2];
  return [...defaults, ...input.extra];
}
