(input) => {
  const list = [{ id: 1 }];
  const found = list.find((x) => x.id === 2);
  if (found.id > 1) {
    return 1;
  }
  return 2;
}
