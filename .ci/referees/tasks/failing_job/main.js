export default async () => {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  throw new Error("This job fails on purpose");
};
