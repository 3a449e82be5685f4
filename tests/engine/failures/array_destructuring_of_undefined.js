(input) => {
  const size = 2;
  const [width, height] = input.size;
  return width * height * size;
}
