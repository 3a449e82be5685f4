(input) => {
  const n = -5;
  return new Array(n);
}
