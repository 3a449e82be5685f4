export default async (input, context) => {
  for (const done of [1, 50, 100]) {
    context.progress(done, 100);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  return "Done";
};
