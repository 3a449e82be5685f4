(input) => {
  let name;
  ({ name } = input.user);
  return name;
}
