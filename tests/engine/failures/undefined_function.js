(input) => {
  const text = 'abc';
  return slugify(text);
}
