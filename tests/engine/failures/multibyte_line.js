(input) => {
  const greeting = 'こんにちは 😀'; const name = input.user.name;
  return greeting + name;
}
