async function main(log) {
  const later = (value, delay) => new Promise((resolve) => setTimeout(resolve, delay, value));
  const fail = async (text) => { throw new Error(text); };
  log(await Promise.all([later("slow", 20), "plain", later("quick", 1)]));
  log(await Promise.allSettled([later("ok", 1), fail("no")]).then((all) => all.map(({ status, value, reason }) => [status, value ?? reason.message])));
  log(await Promise.any([fail("a"), later("any", 1)]));
  log(await Promise.race([later("slow", 60), later("quick", 1)]));
  await Promise.any([fail("a"), fail("b")]).catch((error) => log([error.name, error.errors.map((one) => one.message)]));
  await Promise.all([fail("first"), fail("second")]).catch((error) => log(error.message));
  log([await Promise.all([]), await Promise.allSettled([])]);
}
