// Keeps every unsettled promise that a script makes in a root set.
//
// The engine's collector frees a suspended async function that is reachable only through its own closure, which is
// what a deferred, a limiter or a wake-up queue looks like. A root for the promise it waits on keeps it alive.
// `Promise.prototype.constructor` stays the engine's own: `await` looks at it and would take extra turns otherwise.
(function (host) {
  "use strict";
  const { apply, construct, setPrototypeOf, setAdd, setDelete, defineProperty } = host.primordials;
  const Native = host.primordials.Promise;
  const roots = new Set();

  function Promise(executor) {
    if (!new.target) throw new TypeError("Promise must be called with new");
    if (typeof executor !== "function") throw new TypeError("Promise resolver is not a function");
    let settled = false;
    let promise;
    const settle = (settler) => (value) => {
      settled = true;
      setDelete(roots, promise);
      settler(value);
    };
    const guarded = (resolve, reject) => {
      try {
        executor(settle(resolve), settle(reject));
      } catch (error) {
        settle(reject)(error);
      }
    };
    promise = construct(Native, [guarded], new.target === Promise ? Native : new.target);
    if (!settled) setAdd(roots, promise);
    return promise;
  }

  setPrototypeOf(Promise, Native);
  defineProperty(Promise, "prototype", { value: Native.prototype, writable: false });
  for (const name of ["resolve", "reject", "all", "allSettled", "any", "race", "try"]) {
    const method = Native[name];
    if (typeof method !== "function") continue;
    const wrapped = { [name](...args) { return apply(method, this === Promise ? Native : this, args); } }[name];
    defineProperty(Promise, name, { value: wrapped, writable: true, configurable: true });
  }
  function withResolvers() {
    let resolve, reject;
    const promise = new this((yes, no) => ((resolve = yes), (reject = no)));
    return { promise, resolve, reject };
  }
  defineProperty(Promise, "withResolvers", { value: withResolvers, writable: true, configurable: true });
  defineProperty(globalThis, "Promise", { value: Promise, writable: true, configurable: true });
  host.Promise = Promise;
})
