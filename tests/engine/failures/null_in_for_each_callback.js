(input) => {
  const out = [];
  [null].forEach(function (row) {
    const id = row.id;
    out.push(id);
  });
  return out;
}
