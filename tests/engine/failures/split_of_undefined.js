function parse(text) {
  const [head, tail] = text.split(',');
  return { head, tail };
}
(input) => parse(input.text)
