(input) => {
  const items = input.list?.length ? input.list : null;
  const copy = { ...items, count: items.length };
  return copy;
}
