(input) => {
  const width = -1;
  return 'x'.repeat(width);
}
