(function (input) {
  const { num1, num2 } = input;
  return { sum: num1 + num2 };
})
