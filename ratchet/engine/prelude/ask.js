// Questions to the host that are answered later: each is a promise, kept by number until its answer comes.
(function (host) {
  "use strict";
  const { stringify, mapGet, mapSet, mapDelete, Map, Error } = host.primordials;
  const waiting = new Map();
  let last = 0;

  // An error of the host's making: one of the ten typed errors where its name says so. It comes long after the question
  // was asked, so it takes the stack from there.
  function makeError({ name, message, code, status }, stack) {
    const Class = host.part("errors")[name] ?? Error;
    const error = new Error(message);
    error.stack = stack;
    if (Class !== Error) Object.setPrototypeOf(error, Class.prototype);
    else if (name) Object.defineProperty(error, "name", { value: name, writable: true, configurable: true });
    if (code !== undefined) error.code = code;
    if (status !== undefined) error.status = status;
    return error;
  }

  host.ask = (kind, payload) =>
    new host.Promise((resolve, reject) => {
      const id = ++last;
      const text = stringify({ id, kind, payload });
      mapSet(waiting, id, { resolve, reject, stack: new Error().stack });
      host.send("A", text);
    });
  host.on("answer", ({ id, value, error }) => {
    const asked = mapGet(waiting, id);
    if (asked === undefined) return;
    mapDelete(waiting, id);
    if (error === undefined) asked.resolve(value);
    else asked.reject(makeError(error, asked.stack));
  });
})
