// Blob and File (File API), held in memory; without streams.
(function (host) {
  "use strict";
  const { bytesOf, isObject, publish, requireArguments, toDictionary, toSequence, toUSVString } = host.part("web-idl");
  const { decodeUtf8, encodeUtf8 } = host.part("utf8");
  const now = Date.now.bind(Date);
  let dataOf;
  let fromBytes;

  function normalizeType(type) {
    const text = type === undefined ? "" : `${type}`;
    return /[^\x20-\x7e]/.test(text) ? "" : text.toLowerCase();
  }

  function partBytes(part, endings) {
    const data = isObject(part) ? (dataOf(part) ?? bytesOf(part)) : null;
    if (data) return data;
    const text = toUSVString(part);
    return encodeUtf8(endings === "native" ? text.replace(/\r\n?/g, "\n") : text);
  }

  function joinBytes(chunks) {
    const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
    let end = 0;
    for (const chunk of chunks) {
      joined.set(chunk, end);
      end += chunk.length;
    }
    return joined;
  }

  function readEndings(value = "transparent") {
    const endings = `${value}`;
    if (!["transparent", "native"].includes(endings)) throw new TypeError("`endings` must be transparent or native");
    return endings;
  }

  // A slice's bound as Array.prototype.slice reads it.
  function toBound(value, size) {
    const number = Math.trunc(Number(value)) || 0;
    return number < 0 ? Math.max(size + number, 0) : Math.min(number, size);
  }

  class Blob {
    #bytes;
    #type;

    static {
      dataOf = (value) => (#bytes in value ? value.#bytes : null);
      fromBytes = (bytes, type) => {
        const blob = new Blob();
        blob.#bytes = bytes;
        blob.#type = normalizeType(type);
        return blob;
      };
    }

    constructor(blobParts = undefined, options = undefined) {
      const parts = blobParts === undefined ? [] : toSequence(blobParts);
      const { endings, type } = toDictionary(options);
      const lineEndings = readEndings(endings);
      this.#bytes = joinBytes(parts.map((part) => partBytes(part, lineEndings)));
      this.#type = normalizeType(type);
    }

    get size() { return this.#bytes.length; }
    get type() { return this.#type; }

    slice(start = 0, end = this.#bytes.length, contentType = "") {
      const [from, to] = [toBound(start, this.#bytes.length), toBound(end, this.#bytes.length)];
      return fromBytes(this.#bytes.slice(from, Math.max(from, to)), contentType);
    }

    async text() { return decodeUtf8(this.#bytes).replace(/^\ufeff/, ""); }
    async arrayBuffer() { return this.#bytes.slice().buffer; }
    async bytes() { return this.#bytes.slice(); }
  }

  class File extends Blob {
    #name;
    #lastModified;

    constructor(fileBits, fileName, options = undefined) {
      requireArguments(arguments, 2);
      super(toSequence(fileBits), options);
      const { lastModified } = toDictionary(options);
      this.#name = toUSVString(fileName);
      this.#lastModified = lastModified === undefined ? now() : Math.trunc(Number(lastModified)) || 0;
    }

    get name() { return this.#name; }
    get lastModified() { return this.#lastModified; }
  }

  const cloneFile = (file) => new File([file], file.name, { type: file.type, lastModified: file.lastModified });

  return {
    Blob: publish(Blob, (blob) => fromBytes(dataOf(blob), blob.type)),
    File: publish(File, cloneFile),
    dataOf, fromBytes, joinBytes,
  };
})
