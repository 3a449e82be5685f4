(input) => {
  const names = Object.keys(input.fields);
  return names.length;
}
