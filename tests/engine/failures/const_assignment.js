(input) => {
  const limit = 3;
  if (limit > 2) {
    limit = 2;
  }
  return limit;
}
