(input) => {
  const found = [1, 2].length ? null : input;
  console.log(found);
  const name = found.name;
  return name;
}
