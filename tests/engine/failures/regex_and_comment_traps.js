(input) => {
  const shape = /["'`{(]user.name/g; // user.name
  /* person.name */ const label = "x.name";
  const person = input.person;
  return person.name;
}
