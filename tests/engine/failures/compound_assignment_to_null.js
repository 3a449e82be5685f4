(input) => {
  const a = { b: null };
  a.b.c += 1;
  return a;
}
