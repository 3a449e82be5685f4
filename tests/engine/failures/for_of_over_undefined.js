(input) => {
  for (const row of input.rows) {
    console.log(row);
  }
  return 1;
}
