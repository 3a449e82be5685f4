// A promise settled from outside, held by nothing but its own closure.
async function main(log) {
  function defer() {
    const deferred = {};
    deferred.promise = new Promise((resolve, reject) => Object.assign(deferred, { resolve, reject }));
    return deferred;
  }
  const first = defer();
  const second = defer();
  (async () => { log("waiting"); log(await first.promise); second.resolve("second"); })();
  setTimeout(() => first.resolve("first"), 2);
  log(await second.promise);
}
