(input) => {
  const settings = undefined;
  const size = input.size || settings.size || 10;
  return size;
}
