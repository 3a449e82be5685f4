(input) => {
  const rows = [{ a: { b: 1 } }, { a: null }];
  return rows.map((row) => row.a.b);
}
