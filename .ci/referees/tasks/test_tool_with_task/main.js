export default async ({ name }) => {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return `Done for ${name}`;
};
