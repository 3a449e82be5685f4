export default async ({ seconds }) => {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  return `It took ${seconds} seconds`;
};
