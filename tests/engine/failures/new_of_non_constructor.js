(input) => {
  const Thing = { a: 1 };
  const value = new Thing();
  return value;
}
