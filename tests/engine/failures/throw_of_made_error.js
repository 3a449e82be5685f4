function fail(kind) {
  const error = new Error('made here');
  error.kind = kind;
  return error;
}
(input) => {
  throw fail('x');
}
