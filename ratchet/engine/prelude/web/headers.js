// Headers (Fetch Standard, section 5.1). No guard: which request headers may leave is for the gateway to say.
(function (host) {
  "use strict";
  const {
    isObject, makeIterable, publish, replacePairs, requireArguments, toByteString, toPairs, trimEnds,
  } = host.part("web-idl");
  const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

  function readName(value) {
    const name = toByteString(value);
    if (!NAME.test(name)) throw new TypeError(`"${name}" is not a valid header name`);
    return name.toLowerCase();
  }

  function readValue(value) {
    const text = trimEnds(toByteString(value), "\t\n\r ");
    if (/[\0\n\r]/.test(text)) throw new TypeError("A header value must not have NUL or line breaks in it");
    return text;
  }

  // Sorted by name; every Set-Cookie stays on its own, other values are combined.
  function sortAndCombine(list) {
    const combined = new Map();
    const cookies = [];
    for (const [name, value] of list) {
      if (name === "set-cookie") cookies.push([name, value]);
      else combined.set(name, combined.has(name) ? `${combined.get(name)}, ${value}` : value);
    }
    return [...combined, ...cookies].sort(([first], [second]) => (first < second ? -1 : first > second ? 1 : 0));
  }

  let sortedOf;

  class Headers {
    #list = [];
    // The list as iterators see it, until the next change.
    #sorted = null;

    static { sortedOf = (headers) => (headers.#sorted ??= sortAndCombine(headers.#list)); }

    constructor(init = undefined) {
      if (init === undefined) return;
      if (!isObject(init)) throw new TypeError("Headers take an object, a sequence of pairs or other Headers");
      const pairs = #list in init ? init.#list : toPairs(init, toByteString);
      for (const [name, value] of pairs) this.#list.push([readName(name), readValue(value)]);
    }

    append(name, value) {
      this.#list;
      requireArguments(arguments, 2);
      this.#list.push([readName(name), readValue(value)]);
      this.#sorted = null;
    }

    delete(name) {
      this.#list;
      requireArguments(arguments, 1);
      const wanted = readName(name);
      this.#list = this.#list.filter((header) => header[0] !== wanted);
      this.#sorted = null;
    }

    get(name) {
      this.#list;
      requireArguments(arguments, 1);
      const wanted = readName(name);
      const values = this.#list.filter((header) => header[0] === wanted).map((header) => header[1]);
      return values.length ? values.join(", ") : null;
    }

    getSetCookie() {
      return this.#list.filter((header) => header[0] === "set-cookie").map((header) => header[1]);
    }

    has(name) {
      this.#list;
      requireArguments(arguments, 1);
      const wanted = readName(name);
      return this.#list.some((header) => header[0] === wanted);
    }

    set(name, value) {
      this.#list;
      requireArguments(arguments, 2);
      this.#list = replacePairs(this.#list, [readName(name), readValue(value)]);
      this.#sorted = null;
    }
  }

  makeIterable(Headers, sortedOf);
  return { Headers: publish(Headers) };
})
