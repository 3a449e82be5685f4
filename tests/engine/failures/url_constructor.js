(input) => {
  const base = 'x';
  return new Uint8Array(-1, base);
}
