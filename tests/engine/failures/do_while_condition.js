(input) => {
  let i = 0;
  do {
    i++;
  } while (i < input.limits.max);
  return i;
}
