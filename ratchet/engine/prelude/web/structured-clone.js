// structuredClone (HTML, section 2.7). Nothing can be transferred: buffers cannot be detached here.
(function (host) {
  "use strict";
  const { DOMException } = host.part("dom-exception");
  const { clonerOf, isArrayBuffer, requireArguments, toDictionary, toSequence } = host.part("web-idl");
  const { apply, getPrototypeOf } = Reflect;
  const { toString } = Object.prototype;
  const ERRORS = { __proto__: null, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const VIEWS = [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
    Float64Array, BigInt64Array, BigUint64Array, DataView,
  ];
  // These classes have no method that tells their instances apart without doing something.
  const REFUSED_TAGS = /^\[object (Arguments|Promise|WeakMap|WeakSet|WeakRef|Symbol|(Async)?Generator|.* Iterator)\]$/;

  function refuse(value) {
    const name = typeof value === "object" ? apply(toString, value, []) : String(value);
    throw new DOMException(`${name} could not be cloned.`, "DataCloneError");
  }

  // Methods that throw on anything but their own kind of object are brands, which toStringTag is not.
  const KINDS = [
    [Map.prototype.has, cloneMap],
    [Set.prototype.has, cloneSet],
    [Date.prototype.getTime, (date) => new Date(apply(Date.prototype.getTime, date, []))],
    [Object.getOwnPropertyDescriptor(RegExp.prototype, "dotAll").get, cloneRegExp],
    ...[Boolean, Number, String, BigInt].map(({ prototype: { valueOf } }) => [
      valueOf, (box) => Object(apply(valueOf, box, [])),
    ]),
  ];

  function hasBrand(method, value) {
    try {
      return apply(method, value, []) !== undefined;
    } catch {
      return false;
    }
  }

  // Contents are copied from a list of jobs and not by recursion: the engine's stack is short.
  function fill(value, copy, memory, job) {
    memory.copies.set(value, copy);
    memory.jobs.push(job);
    return copy;
  }

  function cloneMap(map, memory) {
    const copy = new Map();
    const entries = [...map];
    return fill(map, copy, memory, () => {
      for (const [key, value] of entries) copy.set(clone(key, memory), clone(value, memory));
    });
  }

  function cloneSet(set, memory) {
    const copy = new Set();
    const values = [...set];
    return fill(set, copy, memory, () => {
      for (const value of values) copy.add(clone(value, memory));
    });
  }

  function cloneRegExp(pattern) {
    return new RegExp(pattern.source, pattern.flags);
  }

  function cloneView(view, memory) {
    const tag = apply(toString, view, []).slice(8, -1);
    const Class = VIEWS.find((one) => one.name === tag) ?? refuse(view);
    return new Class(clone(view.buffer, memory), view.byteOffset, view.length ?? view.byteLength);
  }

  function defineHidden(copy, name, value) {
    Object.defineProperty(copy, name, { value, writable: true, enumerable: false, configurable: true });
  }

  // A standard class keeps its name; any other becomes Error. Own message, stack and cause go along, nothing else.
  function cloneError(error, memory) {
    const copy = new (ERRORS[error.name] ?? Error)();
    for (const name of ["message", "stack"]) {
      const found = Object.getOwnPropertyDescriptor(error, name);
      if (found && "value" in found) defineHidden(copy, name, `${found.value}`);
    }
    return fill(error, copy, memory, () => {
      if (Object.hasOwn(error, "cause")) defineHidden(copy, "cause", clone(error.cause, memory));
    });
  }

  function cloneProperties(object, copy, memory) {
    return fill(object, copy, memory, () => {
      for (const key of Object.keys(object)) {
        // An earlier getter may have deleted the property.
        if (!Object.hasOwn(object, key)) continue;
        const value = clone(object[key], memory);
        Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
      }
    });
  }

  function cloneExotic(value, memory) {
    if (isArrayBuffer(value)) return value.slice(0);
    if (ArrayBuffer.isView(value)) return cloneView(value, memory);
    if (value instanceof Error && !clonerOf(value)) return cloneError(value, memory);
    const kind = KINDS.find(([method]) => hasBrand(method, value));
    if (kind) return kind[1](value, memory);
    const cloner = clonerOf(value);
    if (cloner === null || REFUSED_TAGS.test(apply(toString, value, []))) return refuse(value);
    return cloner ? cloner(value) : cloneProperties(value, {}, memory);
  }

  function cloneObject(value, memory) {
    if (Array.isArray(value)) return cloneProperties(value, new Array(value.length), memory);
    const isPlain = apply(toString, value, []) === "[object Object]" && getPrototypeOf(value) === Object.prototype;
    const copy = isPlain ? cloneProperties(value, {}, memory) : cloneExotic(value, memory);
    memory.copies.set(value, copy);
    return copy;
  }

  function clone(value, memory) {
    if (typeof value === "symbol" || typeof value === "function") return refuse(value);
    if (typeof value !== "object" || value === null) return value;
    return memory.copies.get(value) ?? cloneObject(value, memory);
  }

  function cloneDeep(value) {
    const memory = { copies: new Map(), jobs: [] };
    const copy = clone(value, memory);
    for (let next = 0; next < memory.jobs.length; next++) memory.jobs[next]();
    return copy;
  }

  function structuredClone(value, options = undefined) {
    requireArguments(arguments, 1);
    const { transfer } = toDictionary(options);
    if (transfer !== undefined && toSequence(transfer).length > 0) {
      throw new DOMException("Nothing can be transferred here: leave out `transfer` to copy.", "DataCloneError");
    }
    return cloneDeep(value);
  }

  return { structuredClone };
})
