// Captures the intrinsics that the host's own wrapper uses, before any task can replace them, and removes those that
// the engine cannot offer safely.
(function (host) {
  "use strict";
  const { apply } = Reflect;
  const uncurry = (method) => (self, ...args) => apply(method, self, args);

  host.primordials = {
    apply,
    construct: Reflect.construct,
    defineProperty: Object.defineProperty,
    create: Object.create,
    freeze: Object.freeze,
    hasOwn: Object.hasOwn,
    keys: Object.keys,
    setPrototypeOf: Object.setPrototypeOf,
    getPrototypeOf: Object.getPrototypeOf,
    stringify: JSON.stringify,
    parse: JSON.parse,
    isArray: Array.isArray,
    push: uncurry(Array.prototype.push),
    join: uncurry(Array.prototype.join),
    slice: uncurry(String.prototype.slice),
    replace: uncurry(String.prototype.replace),
    repeat: uncurry(String.prototype.repeat),
    includes: uncurry(String.prototype.includes),
    then: uncurry(Promise.prototype.then),
    mapGet: uncurry(Map.prototype.get),
    mapSet: uncurry(Map.prototype.set),
    mapDelete: uncurry(Map.prototype.delete),
    setAdd: uncurry(Set.prototype.add),
    setDelete: uncurry(Set.prototype.delete),
    Promise,
    Map,
    Set,
    Error,
    String,
    Number,
    Function,
    evaluate: eval, // Called under another name it is an indirect eval: global scope, sloppy mode.
    now: Date.now,
    performanceNow: performance.now.bind(performance),
  };

  for (const name of ["Atomics", "SharedArrayBuffer", "FinalizationRegistry", "WeakRef"]) delete globalThis[name];
  for (const name of ["resize", "resizable", "maxByteLength", "transfer", "transferToFixedLength", "detached"])
    delete ArrayBuffer.prototype[name];
  // The engine's own constructor accepts `maxByteLength`, which makes a resizable buffer.
  const Buffer = ArrayBuffer;
  function SafeArrayBuffer(length) {
    if (!new.target) throw new TypeError("must be called with new");
    return Reflect.construct(Buffer, [length], new.target);
  }
  Object.defineProperty(SafeArrayBuffer, "name", { value: "ArrayBuffer", configurable: true });
  Object.defineProperty(SafeArrayBuffer, "prototype", { value: Buffer.prototype, writable: false });
  Object.defineProperty(SafeArrayBuffer, "isView", { value: Buffer.isView, writable: true, configurable: true });
  Object.defineProperty(SafeArrayBuffer, Symbol.species, { get() { return this; }, configurable: true });
  Object.defineProperty(Buffer.prototype, "constructor", { value: SafeArrayBuffer, writable: true, configurable: true });
  Object.defineProperty(globalThis, "ArrayBuffer", { value: SafeArrayBuffer, writable: true, configurable: true });
  delete Iterator.concat;
})
