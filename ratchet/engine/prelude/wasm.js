// Turns the one function that the host registered into a private channel, and hands the host the way back.
//
// Arguments and results travel as texts, which no setter of a task sees. A text with half a surrogate pair has no
// UTF-8, so it travels as JSON, told by its first character.
(function (parts) {
  "use strict";
  const bridge = globalThis["ratchet:send"];
  const { defineProperty } = Object;
  const { apply } = Reflect;
  const { parse, stringify } = JSON;
  const { isWellFormed } = String.prototype;
  const { InternalError, queueMicrotask } = globalThis;
  const handlers = { __proto__: null };

  delete globalThis["ratchet:send"];
  // A stack formatter could rewrite the stacks that the host reads.
  defineProperty(Error, "prepareStackTrace", { get: () => undefined, set: () => {}, configurable: false });

  const host = {
    // Sends one message to the host and returns its answer; `kind` is a single letter.
    send(kind, text) {
      let answer;
      try {
        answer = bridge(kind + (apply(isWellFormed, text, []) ? `=${text}` : stringify(text)));
      } catch {
        // The host keeps its own errors to itself, so there was no room for the message.
        throw new InternalError("out of memory");
      }
      return answer === null ? undefined : parse(answer);
    },
    // Names the function that takes events of this kind.
    on(event, handler) {
      handlers[event] = handler;
    },
  };
  for (const part of parts) part(host);

  // The engine drops what a microtask throws.
  defineProperty(globalThis, "queueMicrotask", {
    value: { queueMicrotask(callback) {
      if (typeof callback !== "function") throw new TypeError("The callback of a microtask must be a function");
      queueMicrotask(() => {
        try {
          callback();
        } catch (error) {
          host.fail(error);
        }
      });
    } }.queueMicrotask,
    writable: true,
    configurable: true,
  });
  return (event, value) => void handlers[event](parse(value));
})
