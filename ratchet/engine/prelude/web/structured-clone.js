// structuredClone (HTML, section 2.7). Nothing can be transferred: buffers cannot be detached here.
(function (host) {
  "use strict";
  const { DOMException } = host.part("dom-exception");
  const { clonerOf, isArrayBuffer, requireArguments, toDictionary } = host.part("web-idl");
  const { apply, getPrototypeOf } = Reflect;
  const { toString } = Object.prototype;
  const ERRORS = { __proto__: null, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
  const VIEWS = [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array,
    Float64Array, BigInt64Array, BigUint64Array, DataView,
  ];
  // These classes have no method that tells their instances apart without doing something.
  const REFUSED_TAGS = /^\[object (Promise|WeakMap|WeakSet|WeakRef|Symbol|(Async)?Generator|.* Iterator)\]$/;

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

  function remember(value, copy, memory) {
    memory.set(value, copy);
    return copy;
  }

  function cloneMap(map, memory) {
    const copy = remember(map, new Map(), memory);
    for (const [key, value] of [...map]) copy.set(clone(key, memory), clone(value, memory));
    return copy;
  }

  function cloneSet(set, memory) {
    const copy = remember(set, new Set(), memory);
    for (const value of [...set]) copy.add(clone(value, memory));
    return copy;
  }

  function cloneRegExp(pattern) {
    return new RegExp(pattern.source, pattern.flags);
  }

  function cloneView(view, memory) {
    const tag = apply(toString, view, []).slice(8, -1);
    const Class = VIEWS.find((one) => one.name === tag) ?? refuse(view);
    return new Class(clone(view.buffer, memory), view.byteOffset, view.length ?? view.byteLength);
  }

  function copyHidden(name, value, copy) {
    Object.defineProperty(copy, name, { value, writable: true, enumerable: false, configurable: true });
  }

  // A standard class keeps its name; any other becomes Error. Own message, stack and cause go along, nothing else.
  function cloneError(error, memory) {
    const copy = remember(error, new (ERRORS[error.name] ?? Error)(), memory);
    for (const name of ["message", "stack"]) {
      const found = Object.getOwnPropertyDescriptor(error, name);
      if (found && "value" in found) copyHidden(name, `${found.value}`, copy);
    }
    if (Object.hasOwn(error, "cause")) copyHidden("cause", clone(error.cause, memory), copy);
    return copy;
  }

  function cloneProperties(object, copy, memory) {
    remember(object, copy, memory);
    for (const key of Object.keys(object)) {
      // An earlier getter may have deleted the property.
      if (!Object.hasOwn(object, key)) continue;
      const value = clone(object[key], memory);
      Object.defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
    }
    return copy;
  }

  function makeExotic(value, memory) {
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
    const prototype = getPrototypeOf(value);
    const isPlain = prototype === Object.prototype || prototype === null;
    return isPlain ? cloneProperties(value, {}, memory) : remember(value, makeExotic(value, memory), memory);
  }

  function clone(value, memory) {
    if (typeof value === "symbol" || typeof value === "function") return refuse(value);
    if (typeof value !== "object" || value === null) return value;
    return memory.get(value) ?? cloneObject(value, memory);
  }

  function structuredClone(value, options = undefined) {
    requireArguments(arguments, 1);
    const { transfer } = toDictionary(options);
    if (transfer !== undefined && Array.from(transfer).length > 0) {
      throw new DOMException("Nothing can be transferred here: leave out `transfer` to copy.", "DataCloneError");
    }
    return clone(value, new Map());
  }

  return { structuredClone };
})
