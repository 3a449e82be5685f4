(input) => {
  const a = { undefinedThing: 1 };
  // undefinedThing is not this one
  const text = 'undefinedThing';
  return a.undefinedThing + undefinedThing;
}
