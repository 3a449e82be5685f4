(input) => {
  const list = { items: [1] };
  list.items.push(2);
  return list.items.summarize();
}
