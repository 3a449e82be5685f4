// What every web class shares: the outward shape of a Web IDL interface and the conversions of its arguments.
(function () {
  "use strict";
  const IteratorPrototype = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
  const bufferLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "byteLength").get;
  const cloners = new Map();

  function setEnumerable(target, skipped) {
    for (const key of Object.getOwnPropertyNames(target)) {
      if (!skipped.includes(key)) Object.defineProperty(target, key, { enumerable: true });
    }
  }

  // `clone` is how structuredClone copies an instance; a class without one cannot be cloned.
  function publish(Class, clone = null) {
    setEnumerable(Class.prototype, ["constructor"]);
    setEnumerable(Class, ["length", "name", "prototype"]);
    Object.defineProperty(Class.prototype, Symbol.toStringTag, { value: Class.name, configurable: true });
    cloners.set(Class.prototype, clone);
    return Class;
  }

  // Undefined means that the object is no instance of a published class.
  function clonerOf(object) {
    for (let proto = Object.getPrototypeOf(object); proto; proto = Object.getPrototypeOf(proto)) {
      const cloner = cloners.get(proto);
      if (cloner !== undefined) return cloner;
    }
    return undefined;
  }

  function defineConstants(Class, constants) {
    for (const [name, value] of Object.entries(constants)) {
      Object.defineProperty(Class, name, { value, enumerable: true });
      Object.defineProperty(Class.prototype, name, { value, enumerable: true });
    }
  }

  function iteratorPrototype(name, pairsOf) {
    const states = new WeakMap();
    const prototype = Object.create(IteratorPrototype, {
      [Symbol.toStringTag]: { value: `${name} Iterator`, configurable: true },
    });
    prototype.next = function next() {
      const state = states.get(this);
      if (!state) throw new TypeError("Illegal invocation");
      const pairs = pairsOf(state.target);
      if (state.index >= pairs.length) return { value: undefined, done: true };
      return { value: state.pick(pairs[state.index++]), done: false };
    };
    return (target, pick) => {
      pairsOf(target);
      const iterator = Object.create(prototype);
      states.set(iterator, { target, pick, index: 0 });
      return iterator;
    };
  }

  // The list is asked for at every step: Web IDL iterators see changes made while they run.
  function makeIterable(Class, pairsOf) {
    const iterate = iteratorPrototype(Class.name, pairsOf);
    const methods = {
      entries() { return iterate(this, ([name, value]) => [name, value]); },
      forEach(callback, thisArg = undefined) {
        pairsOf(this);
        if (typeof callback !== "function") throw new TypeError("The callback must be a function");
        for (let index = 0; index < pairsOf(this).length; index++) {
          const [name, value] = pairsOf(this)[index];
          Reflect.apply(callback, thisArg, [value, name, this]);
        }
      },
      keys() { return iterate(this, ([name]) => name); },
      values() { return iterate(this, ([, value]) => value); },
    };
    Object.defineProperties(Class.prototype, Object.getOwnPropertyDescriptors(methods));
    Object.defineProperty(Class.prototype, Symbol.iterator, {
      value: methods.entries, writable: true, configurable: true,
    });
  }

  function requireArguments(given, needed) {
    if (given.length < needed) {
      throw new TypeError(`${needed} argument${needed > 1 ? "s" : ""} required, but only ${given.length} present`);
    }
  }

  function toUSVString(value) {
    if (typeof value === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
    return String(value).toWellFormed();
  }

  function toByteString(value) {
    if (typeof value === "symbol") throw new TypeError("Cannot convert a Symbol value to a string");
    const text = String(value);
    if (/[^\0-\xff]/.test(text)) throw new TypeError("The string has a character above 255");
    return text;
  }

  const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";

  // Accepts what Web IDL calls a dictionary: an object, or nothing at all.
  function toDictionary(value) {
    if (value === undefined || value === null) return {};
    if (!isObject(value)) throw new TypeError("The options must be an object");
    return value;
  }

  function toSequence(value) {
    const isIterable = isObject(value) && typeof value[Symbol.iterator] === "function";
    if (!isIterable) throw new TypeError("The value must be iterable");
    return Array.from(value);
  }

  // Reads the initial value of a URLSearchParams or Headers: a sequence of pairs, or a record.
  function toPairs(init, convert) {
    if (init[Symbol.iterator] == null) {
      return Reflect.ownKeys(init)
        .filter((key) => Object.getOwnPropertyDescriptor(init, key)?.enumerable)
        .map((key) => [convert(key), convert(init[key])]);
    }
    return toSequence(init).map((pair) => {
      const items = toSequence(pair).map((item) => convert(item));
      if (items.length !== 2) throw new TypeError("Each pair must have exactly two items, a name and a value");
      return items;
    });
  }

  // Puts a pair in the place of the first one with its name, or at the end, and drops the others of that name.
  function replacePairs(pairs, added) {
    const first = pairs.findIndex((pair) => pair[0] === added[0]);
    if (first < 0) return [...pairs, added];
    return pairs.flatMap((pair, index) => (index === first ? [added] : pair[0] === added[0] ? [] : [pair]));
  }

  // A regular expression for this takes quadratic time on a text with long runs of such characters inside.
  function trimEnds(text, characters) {
    let [start, end] = [0, text.length];
    while (start < end && characters.includes(text[start])) start++;
    while (end > start && characters.includes(text[end - 1])) end--;
    return text.slice(start, end);
  }

  function isArrayBuffer(value) {
    try {
      return Reflect.apply(bufferLength, value, []) >= 0;
    } catch {
      return false;
    }
  }

  // A Uint8Array over the same memory, or null when the value is no buffer source.
  function bytesOf(value) {
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return isArrayBuffer(value) ? new Uint8Array(value) : null;
  }

  return {
    bytesOf, clonerOf, defineConstants, isArrayBuffer, isObject, makeIterable, publish, replacePairs, requireArguments,
    toByteString, toDictionary, toPairs, toSequence, toUSVString, trimEnds,
  };
})
