(input) => {
  const headers = null;
  return headers['content-type'];
}
