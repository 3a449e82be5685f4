async function main(log) {
  const { promise, resolve } = Promise.withResolvers();
  const other = Promise.withResolvers();
  promise.then((value) => { log(value); other.reject(new Error("no")); });
  queueMicrotask(() => resolve("yes"));
  await other.promise.catch((error) => log(error.message));
}
