(function (input, context) {
  const greeting = `Hello, ${input.name}!`;
  console.log(greeting);
  return { greeting };
})
