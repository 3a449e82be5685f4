function* rows(input) {
  const page = input.page;
  yield page.rows;
}
(input) => [...rows(input)]
