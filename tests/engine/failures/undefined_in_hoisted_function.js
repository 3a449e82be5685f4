(input) => {
  const result = compute(3);
  function compute(n) {
    return n * factor;
  }
  return result;
}
