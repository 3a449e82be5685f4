(input) => {
  const name = 'a';
  return name in 'abc';
}
