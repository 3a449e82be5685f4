// FormData (XMLHttpRequest Standard, section 4).
(function (host) {
  "use strict";
  const { isObject, makeIterable, publish, replacePairs, requireArguments, toUSVString } = host.part("web-idl");
  const { Blob, File, dataOf } = host.part("blob");
  let entriesOf;

  const isBlob = (value) => isObject(value) && dataOf(value) !== null;

  // Blobs become files, as the standard's "create an entry" says.
  function createEntry(name, value, filename) {
    if (!isBlob(value)) {
      if (filename !== undefined) throw new TypeError("A file name needs a Blob as value");
      return [name, toUSVString(value)];
    }
    if (filename === undefined && value instanceof File) return [name, value];
    const { lastModified, type } = value;
    return [name, new File([value], filename === undefined ? "blob" : toUSVString(filename), { lastModified, type })];
  }

  class FormData {
    #entries = [];

    static { entriesOf = (form) => form.#entries; }

    constructor(form = undefined) {
      if (form !== undefined) throw new TypeError("There are no forms here to take entries from");
    }

    append(name, value, filename = undefined) {
      this.#entries;
      requireArguments(arguments, 2);
      this.#entries.push(createEntry(toUSVString(name), value, filename));
    }

    delete(name) {
      this.#entries;
      requireArguments(arguments, 1);
      const wanted = toUSVString(name);
      this.#entries = this.#entries.filter((entry) => entry[0] !== wanted);
    }

    get(name) {
      this.#entries;
      requireArguments(arguments, 1);
      const wanted = toUSVString(name);
      return this.#entries.find((entry) => entry[0] === wanted)?.[1] ?? null;
    }

    getAll(name) {
      this.#entries;
      requireArguments(arguments, 1);
      const wanted = toUSVString(name);
      return this.#entries.filter((entry) => entry[0] === wanted).map((entry) => entry[1]);
    }

    has(name) {
      this.#entries;
      requireArguments(arguments, 1);
      const wanted = toUSVString(name);
      return this.#entries.some((entry) => entry[0] === wanted);
    }

    set(name, value, filename = undefined) {
      this.#entries;
      requireArguments(arguments, 2);
      this.#entries = replacePairs(this.#entries, createEntry(toUSVString(name), value, filename));
    }
  }

  makeIterable(FormData, entriesOf);
  return { FormData: publish(FormData), entriesOf };
})
