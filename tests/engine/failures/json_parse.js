(input) => {
  const text = '{bad';
  return JSON.parse(text);
}
