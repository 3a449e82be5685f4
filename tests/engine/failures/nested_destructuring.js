(input) => {
  const body = { user: undefined };
  const { user: { name } } = body;
  return name;
}
