(input) => {
  const rows = input.rows;
  return rows[0];
}
