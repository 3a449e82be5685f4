async function main(log) {
  const later = (value, delay) => new Promise((resolve) => setTimeout(resolve, delay, value));
  for await (const value of [later("slow", 10), "plain", later("quick", 1)]) log(value);
  try { for await (const value of [1, Promise.reject(new Error("stop")), 3]) log(value); } catch (error) { log(error.message); }
}
