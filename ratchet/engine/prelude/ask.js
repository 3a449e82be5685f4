// Questions to the host that are answered later, each kept by number until its answer comes.
(function (host) {
  "use strict";
  const { stringify, mapGet, mapSet, mapDelete, Map, Error } = host.primordials;
  const waiting = new Map();
  let last = 0;

  // An error of the host's making: one of the ten typed errors where its name says so. It comes long after the question
  // was asked, so it takes the stack from there.
  host.makeError = ({ name, message, code, status, hint }, stack) => {
    const Class = name === "TypeError" ? TypeError : (host.part("errors")[name] ?? Error);
    const error = new Error(message);
    if (stack !== undefined) error.stack = stack;
    if (Class !== Error) Object.setPrototypeOf(error, Class.prototype);
    else if (name) Object.defineProperty(error, "name", { value: name, writable: true, configurable: true });
    if (code !== undefined) error.code = code;
    if (status !== undefined) error.status = status;
    if (hint !== undefined) Object.defineProperty(error, "hint", { value: hint, writable: true, configurable: true });
    return error;
  };

  // Asks, and has the answer, a `value` or an `error`, taken when it comes. Returns the number of the question.
  host.post = (kind, payload, take) => {
    const id = ++last;
    const text = stringify({ id, kind, payload });
    if (host.send("A", `${id} ${text}`) === false)
      throw new RangeError("The question to the host is larger than a message may be");
    mapSet(waiting, id, take);
    return id;
  };
  function settle(id, answer) {
    const take = mapGet(waiting, id);
    if (take === undefined) return;
    mapDelete(waiting, id);
    take(answer);
  }
  host.on("answer", ({ id, answer }) => settle(id, answer));
  // Stops the whole program until the answer is there.
  host.answerNow = (id) => settle(id, host.send("W", `${id}`));
  // Tells the host that nobody wants the answer any more; it comes all the same, sooner.
  host.abandon = (id) => void host.send("Q", `${id}`);

  host.ask = (kind, payload) =>
    new host.Promise((resolve, reject) => {
      const { stack } = new Error();
      host.post(kind, payload, ({ value, error }) => (error === undefined ? resolve(value) : reject(host.makeError(error, stack))));
    });
})
