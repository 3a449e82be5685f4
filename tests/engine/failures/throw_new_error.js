(input) => {
  const wanted = 'name';
  if (!input[wanted]) {
    throw new Error('Missing ' + wanted);
  }
  return input;
}
