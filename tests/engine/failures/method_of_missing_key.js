(input) => {
  const groups = {};
  for (const [key, value] of Object.entries({ a: 1 })) {
    groups[key].push(value);
  }
  return groups;
}
