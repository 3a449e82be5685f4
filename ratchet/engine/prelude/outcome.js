// Turns what a task returned or threw into one message. Everything a task hands over may be hostile: getters throw,
// proxies lie, `toString` never ends; the last is what the clock is for.
(function (host) {
  "use strict";
  const { stringify, keys, replace, setPrototypeOf, String } = host.primordials;
  const attempt = (read) => {
    try {
      return read();
    } catch {
      return undefined;
    }
  };
  const textOf = (value) => (typeof value === "string" ? value : undefined);

  function describe(error, depth) {
    if (error === null || (typeof error !== "object" && typeof error !== "function"))
      return { name: "", message: attempt(() => String(error)) ?? "a value that cannot be shown", thrown: typeof error };
    const name = textOf(attempt(() => error.name)) ?? textOf(attempt(() => error.constructor.name)) ?? "Error";
    const message = textOf(attempt(() => error.message)) ?? attempt(() => stringify(error)) ?? "";
    const cause = depth < 3 ? attempt(() => error.cause) : undefined;
    const status = attempt(() => error.status);
    const code = attempt(() => error.code);
    return {
      name,
      message,
      stack: textOf(attempt(() => error.stack)),
      status: typeof status === "number" ? status : undefined,
      hint: textOf(attempt(() => error.hint)),
      js_code: typeof code === "string" ? code : undefined,
      cause: cause === undefined ? undefined : describe(cause, depth + 1),
    };
  }
  host.fail = (error) => host.send("E", stringify(setPrototypeOf(describe(error, 0), null)));

  const step = (pointer, key) => `${pointer}/${replace(replace(`${key}`, /~/g, "~0"), /\//g, "~1")}`;
  // Finds the first place that JSON cannot hold, as a JSON Pointer and a reason.
  function unserializable(value, pointer, above) {
    if (typeof value === "bigint") return { pointer, reason: "a BigInt" };
    if (value === null || typeof value !== "object") return null;
    for (let i = 0; i < above.length; i++) if (above[i] === value) return { pointer, reason: "a cycle" };
    if (above.length > 500) return { pointer: "", reason: "a value nested too deeply" };
    const inner = [...above, value];
    for (const key of keys(value)) {
      const found = unserializable(attempt(() => value[key]), step(pointer, key), inner);
      if (found !== null) return found;
    }
    return null;
  }
  // What a task returns, once all that it began is known to have gone well; `fetch` has more to say about it.
  host.settle = (value) => value;
  // A handle of `fetch` can be awaited, and is not when it is what a task returns.
  host.isHandle = () => false;
  const reject = (problem) => host.send("O", stringify(setPrototypeOf(problem, null)));

  host.succeed = (value) => {
    try {
      value = host.settle(value);
    } catch (error) {
      return host.fail(error);
    }
    if (value === undefined || typeof value === "function" || typeof value === "symbol")
      return reject({ reason: value === undefined ? "nothing" : `a ${typeof value}`, pointer: "" });
    let text;
    try {
      text = stringify(value);
    } catch (error) {
      const found = attempt(() => unserializable(value, "", []));
      return found ? reject(found) : host.fail(error);
    }
    if (typeof text !== "string") return reject({ reason: "a value that JSON leaves out", pointer: "" });
    // A text has at least as many bytes as units; one that large may not survive the way to the host.
    if (text.length > host.outputLimit) return host.send("B", `${text.length}`);
    host.send("R", text);
  };
})
