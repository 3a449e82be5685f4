(input) => {
  const totals = (rows) => {
    const first = (row) => row.cells.first;
    return rows.map((row) => first(row));
  };
  return totals([{}]);
}
