function depth(node) {
  const next = { node };
  return 1 + depth(next);
}
(input) => depth(input)
