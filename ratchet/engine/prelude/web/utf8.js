// UTF-8 both ways. The engine's own URI functions do the bulk: a loop over bytes in JavaScript is many times slower.
(function () {
  "use strict";
  const CHUNK = 8192;
  const { fromCharCode } = String;
  const nativeEscape = escape;
  const nativeUnescape = unescape;

  // One character a byte.
  function binaryFromBytes(bytes) {
    if (bytes.length <= CHUNK) return Reflect.apply(fromCharCode, null, bytes);
    const parts = [];
    for (let start = 0; start < bytes.length; start += CHUNK) {
      parts.push(Reflect.apply(fromCharCode, null, bytes.subarray(start, start + CHUNK)));
    }
    return parts.join("");
  }

  function bytesFromBinary(binary) {
    const { length } = binary;
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index++) bytes[index] = binary.charCodeAt(index);
    return bytes;
  }

  function encodeUtf8(text) {
    if (/^[\0-\x7f]*$/.test(text)) return bytesFromBinary(text);
    return bytesFromBinary(nativeUnescape(encodeURIComponent(text.toWellFormed())));
  }

  // What a lead byte promises: the length of its sequence and the range of its second byte (Unicode, table 3-7).
  function sequenceOf(lead) {
    if (lead < 0xc2 || lead > 0xf4) return [1, 0, 0];
    if (lead < 0xe0) return [2, 0x80, 0xbf];
    if (lead < 0xf0) return [3, lead === 0xe0 ? 0xa0 : 0x80, lead === 0xed ? 0x9f : 0xbf];
    return [4, lead === 0xf0 ? 0x90 : 0x80, lead === 0xf4 ? 0x8f : 0xbf];
  }

  // How many bytes from `start` belong to one sequence, as far as they are there and well formed.
  function wellFormedLength(bytes, start) {
    const [needed, low, high] = sequenceOf(bytes[start]);
    let length = 1;
    while (length < needed && start + length < bytes.length) {
      const byte = bytes[start + length];
      if (byte < (length === 1 ? low : 0x80) || byte > (length === 1 ? high : 0xbf)) break;
      length++;
    }
    return length;
  }

  // The number of bytes at the end that more bytes could complete.
  function incompleteTail(bytes) {
    for (let back = 1; back <= 3 && back <= bytes.length; back++) {
      const start = bytes.length - back;
      if ((bytes[start] & 0xc0) === 0x80) continue;
      const complete = bytes[start] < 0x80 || wellFormedLength(bytes, start) < back;
      return !complete && back < sequenceOf(bytes[start])[0] ? back : 0;
    }
    return 0;
  }

  // Malformed sequences become U+FFFD each, cut as the Encoding Standard cuts them ("maximal subpart").
  function decodeLossy(bytes) {
    const parts = [];
    let start = 0;
    let index = 0;
    while (index < bytes.length) {
      const lead = bytes[index];
      const length = lead < 0x80 ? 1 : wellFormedLength(bytes, index);
      if (lead >= 0x80 && (length === 1 || length < sequenceOf(lead)[0])) {
        parts.push(decodeStrict(bytes.subarray(start, index)), "\ufffd");
        start = index + length;
      }
      index += length;
    }
    parts.push(decodeStrict(bytes.subarray(start)));
    return parts.join("");
  }

  function decodeStrict(bytes) {
    const binary = binaryFromBytes(bytes);
    return /^[\0-\x7f]*$/.test(binary) ? binary : decodeURIComponent(nativeEscape(binary));
  }

  // A byte order mark is kept. With `fatal`, malformed input is a TypeError.
  function decodeUtf8(bytes, fatal = false) {
    try {
      return decodeStrict(bytes);
    } catch (error) {
      if (!(error instanceof URIError)) throw error;
      if (fatal) throw new TypeError("The encoded data was not valid for encoding utf-8");
      return decodeLossy(bytes);
    }
  }

  return { binaryFromBytes, bytesFromBinary, decodeUtf8, encodeUtf8, incompleteTail };
})
