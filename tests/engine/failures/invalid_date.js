(input) => {
  const when = new Date('nope');
  return when.toISOString();
}
