(input) => {
  const rows = [{ at: 1 }, undefined, null];
  return rows.sort((left, right) => left.at - right.at);
}
