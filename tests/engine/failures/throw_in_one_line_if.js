(input) => {
  if (typeof input.name !== 'string') throw new TypeError(`name must be a string, not ${typeof input.name}`);
  return input.name;
}
