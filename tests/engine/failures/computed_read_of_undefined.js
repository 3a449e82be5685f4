(input) => {
  const key = 'title';
  const book = input.book;
  return book[key];
}
