const arrival = (value) => new Promise((resolve) => setTimeout(resolve, 1, value));

async function main(input) {
  let sum = 0;
  for (const number of input.numbers) {
    sum += await arrival(number);
  }
  return { sum, count: input.numbers.length };
}
