(input) => {
  const user = input.user;
  const label = input.short ? 'x' : user.label;
  return label;
}
