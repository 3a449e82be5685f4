(input) => {
  const items = [1];
  return items.map(input.callback);
}
