(input) => {
  const total = [1, 2].reduce((a, b) => a + b, 0);
  const label = input.labels[total];
  return label.text;
}
