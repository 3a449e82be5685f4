(input) => {
  const config = input.config ?? {};
  const url = config.host + '/x';
  return url.trimLeftMost().length;
}
