(input) => {
  const a = { name: 'x' };
  return [a.name].concat(input.user.name);
}
