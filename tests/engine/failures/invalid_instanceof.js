(input) => {
  const kind = {};
  return input instanceof kind;
}
