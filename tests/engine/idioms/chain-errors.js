async function main(log) {
  await Promise.resolve("start")
    .then((value) => { log(value); throw new TypeError("one"); })
    .then(() => log("skipped"), undefined)
    .then(() => log("skipped"))
    .catch((error) => { log(`${error.name}: ${error.message}`); return "recovered"; })
    .then((value) => { log(value); return Promise.reject(new Error("two")); })
    .catch((error) => { throw new Error("three", { cause: error }); })
    .then(() => log("skipped"), (error) => log([error.message, error.cause.message]))
    .then((value) => log(value === undefined));
  const self = {};
  self.promise = Promise.resolve().then(() => self.promise);
  await self.promise.catch((error) => log(error.name));
}
