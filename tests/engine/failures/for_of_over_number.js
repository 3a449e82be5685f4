(input) => {
  const count = 5;
  for (const i of count) console.log(i);
  return 1;
}
