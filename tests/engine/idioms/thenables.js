async function main(log) {
  const thenable = (value) => ({ then(resolve, reject) { log(`then ${value}`); resolve(value); reject("ignored"); throw new Error("ignored"); } });
  log(await thenable(1));
  Promise.resolve(thenable(2)).then(log);
  queueMicrotask(() => log("between"));
  await Promise.all([thenable(3), thenable(thenable(4))]).then(log);
  await Promise.resolve({ get then() { throw new Error("getter"); } }).catch((error) => log(error.message));
  log(await { then: 5 });
}
