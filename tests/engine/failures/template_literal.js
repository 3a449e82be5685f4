(input) => {
  const title = 'Dear';
  return `${title} ${input.person.name}, // .name is not here`;
}
