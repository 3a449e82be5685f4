(input) => {
  const x = input.value || raise();
  return x;
}
