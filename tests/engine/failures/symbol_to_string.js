(input) => {
  const tag = Symbol('t');
  return tag + '';
}
