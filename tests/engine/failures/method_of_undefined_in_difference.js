(input) => {
  const when = input.now.getTime() - Date.now();
  return when;
}
