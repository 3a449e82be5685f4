(function (input) {
  const rows = input.rows ?? [];
  let total = 0;
  for (const row of rows {
    total += row.amount;
  }
  return { total };
})
