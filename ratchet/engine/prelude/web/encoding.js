// TextEncoder and TextDecoder (Encoding Standard) for UTF-8, UTF-16 and windows-1252.
(function (host) {
  "use strict";
  const { bytesOf, publish, toDictionary, toUSVString, trimEnds } = host.part("web-idl");
  const { binaryFromBytes, decodeUtf8, encodeUtf8, incompleteTail } = host.part("utf8");

  const LABELS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8",
    "utf-16le": "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le",
    "utf-16be": "unicodefffe utf-16be",
    "windows-1252":
      "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 iso_8859-1 " +
      "iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252",
  };
  const WINDOWS_1252_HIGH =
    "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
    "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

  function encodingOf(label) {
    const wanted = trimEnds(label, "\t\n\f\r ").toLowerCase();
    const found = Object.keys(LABELS).find((name) => LABELS[name].split(" ").includes(wanted));
    if (!found) throw new RangeError(`The "${label}" encoding is not supported`);
    return found;
  }

  function concatenate(first, second) {
    if (first.length === 0) return second;
    const joined = new Uint8Array(first.length + second.length);
    joined.set(first);
    joined.set(second, first.length);
    return joined;
  }

  function decodeUtf16Units(bytes, bigEndian) {
    const swapped = new Uint8Array(bytes.length);
    for (let index = 0; index < bytes.length; index += 2) {
      swapped[index] = bytes[bigEndian ? index + 1 : index];
      swapped[index + 1] = bytes[bigEndian ? index : index + 1];
    }
    return binaryFromBytes(new Uint16Array(swapped.buffer));
  }

  // How many bytes at the end are half a code unit, half a surrogate pair, or both.
  function incompleteUtf16Tail(bytes, bigEndian) {
    const odd = bytes.length % 2;
    const last = bytes.length - odd - 2;
    const isLead = last >= 0 && (bytes[bigEndian ? last : last + 1] & 0xfc) === 0xd8;
    return isLead ? odd + 2 : odd;
  }

  function decodeUtf16(bytes, fatal, bigEndian) {
    const tail = incompleteUtf16Tail(bytes, bigEndian);
    const text = decodeUtf16Units(bytes.subarray(0, bytes.length - tail), bigEndian);
    if (fatal && (tail > 0 || !text.isWellFormed())) throw new TypeError("The encoded data was not valid UTF-16");
    return text.toWellFormed() + (tail > 0 ? "\ufffd" : "");
  }

  function decodeWindows1252(bytes) {
    return binaryFromBytes(bytes).replace(/[\x80-\x9f]/g, (char) => WINDOWS_1252_HIGH[char.charCodeAt(0) - 0x80]);
  }

  const CODECS = {
    "utf-8": { decode: decodeUtf8, tail: incompleteTail },
    "utf-16le": {
      decode: (bytes, fatal) => decodeUtf16(bytes, fatal, false),
      tail: (bytes) => incompleteUtf16Tail(bytes, false),
    },
    "utf-16be": {
      decode: (bytes, fatal) => decodeUtf16(bytes, fatal, true),
      tail: (bytes) => incompleteUtf16Tail(bytes, true),
    },
    "windows-1252": { decode: decodeWindows1252, tail: () => 0 },
  };

  class TextDecoder {
    #encoding;
    #fatal;
    #ignoreBOM;
    #waiting = new Uint8Array(0);
    #started = false;

    constructor(label = "utf-8", options = undefined) {
      const { fatal, ignoreBOM } = toDictionary(options);
      this.#encoding = encodingOf(toUSVString(label));
      this.#fatal = Boolean(fatal);
      this.#ignoreBOM = Boolean(ignoreBOM);
    }

    get encoding() { return this.#encoding; }
    get fatal() { return this.#fatal; }
    get ignoreBOM() { return this.#ignoreBOM; }

    decode(input = new Uint8Array(0), options = undefined) {
      const added = bytesOf(input);
      if (!added) throw new TypeError("The input must be an ArrayBuffer or a view of one");
      const stream = Boolean(toDictionary(options).stream);
      const { decode, tail } = CODECS[this.#encoding];
      const bytes = concatenate(this.#waiting, added);
      const end = bytes.length - (stream ? tail(bytes) : 0);
      this.#waiting = stream ? bytes.slice(end) : new Uint8Array(0);
      return this.#strip(decode(bytes.subarray(0, end), this.#fatal), stream);
    }

    // Drops a byte order mark, which only the first character of a stream can be.
    #strip(text, stream) {
      const isMark = !this.#started && !this.#ignoreBOM && this.#encoding !== "windows-1252" && text[0] === "\ufeff";
      this.#started = stream && (this.#started || text.length > 0);
      return isMark ? text.slice(1) : text;
    }
  }

  // The number of bytes that the code point needs in UTF-8.
  const sizeOf = (code) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);

  class TextEncoder {
    #brand;

    get encoding() {
      this.#brand;
      return "utf-8";
    }

    encode(input = "") {
      this.#brand;
      return encodeUtf8(toUSVString(input));
    }

    encodeInto(source, destination) {
      this.#brand;
      const text = toUSVString(source);
      if (!(destination instanceof Uint8Array)) throw new TypeError("The destination must be a Uint8Array");
      let read = 0;
      let written = 0;
      while (read < text.length) {
        const code = text.codePointAt(read);
        if (written + sizeOf(code) > destination.length) break;
        written += sizeOf(code);
        read += code > 0xffff ? 2 : 1;
      }
      destination.set(encodeUtf8(text.slice(0, read)));
      return { read, written };
    }
  }

  return { TextDecoder: publish(TextDecoder), TextEncoder: publish(TextEncoder) };
})
