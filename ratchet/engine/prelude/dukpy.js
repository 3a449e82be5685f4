// Takes dukpy's two globals away from the task and turns them into one private channel.
//
// dukpy sets `dukpy` (the event) and `call_python` (the bridge) anew on every evaluation. Accessors that cannot be
// redefined catch both: an event counts only with the nonce that the host chose, whatever a task assigns is dropped.
// A message travels in the *name* of the called function: arguments are an array that dukpy serialises, and a task's
// setters or `toJSON` on `Array.prototype` would see and rewrite it.
(function (parts) {
  "use strict";
  const nonce = dukpy.nonce;
  const bridge = call_python;
  const { defineProperty } = Object;
  const handlers = { __proto__: null };

  delete globalThis.dukpy;
  delete globalThis.call_python;
  defineProperty(globalThis, "call_python", { get: () => undefined, set: () => {}, configurable: false });
  defineProperty(globalThis, "dukpy", {
    get: () => undefined,
    set(message) {
      if (message === null || typeof message !== "object" || message.nonce !== nonce) return;
      handlers[message.event](message.value);
    },
    configurable: false,
  });
  // A stack formatter is handed the function object of every frame, the bridge among them.
  defineProperty(Error, "prepareStackTrace", { get: () => undefined, set: () => {}, configurable: false });

  const host = {
    // Sends one message to the host and returns its answer; `kind` is a single letter.
    send: (kind, text) => bridge(kind + text),
    // Names the function that takes events of this kind.
    on(event, handler) {
      handlers[event] = handler;
    },
  };
  for (const part of parts) part(host);
})
