export async function main(input, context) {
  const data = await Promise.resolve([]);
  const [first] = data;
  const value = first.value;
  return value ?? null;
}
