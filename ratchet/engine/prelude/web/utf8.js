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

  // The bytes in the sequence that a lead byte announces; 1 for what can lead none (Unicode, table 3-7).
  function announcedLength(lead) {
    if (lead < 0xc2 || lead > 0xf4) return 1;
    return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  }

  // The second byte has a range of its own, which shuts out long forms, surrogates and what is above U+10FFFF.
  function isSecondByte(lead, byte) {
    const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    return byte >= low && byte <= high;
  }

  // How many bytes from `start` belong to one sequence, as far as they are there and well formed.
  function wellFormedLength(bytes, start) {
    const announced = announcedLength(bytes[start]);
    const end = Math.min(start + announced, bytes.length);
    if (start + 1 >= end || !isSecondByte(bytes[start], bytes[start + 1])) return 1;
    let index = start + 2;
    while (index < end && (bytes[index] & 0xc0) === 0x80) index++;
    return index - start;
  }

  // The number of bytes at the end that more bytes could complete.
  function incompleteTail(bytes) {
    for (let back = 1; back <= 3 && back <= bytes.length; back++) {
      const start = bytes.length - back;
      if ((bytes[start] & 0xc0) === 0x80) continue;
      const complete = bytes[start] < 0x80 || wellFormedLength(bytes, start) < back;
      return !complete && back < announcedLength(bytes[start]) ? back : 0;
    }
    return 0;
  }

  // Malformed sequences become U+FFFD each, cut as the Encoding Standard cuts them ("maximal subpart").
  function repair(bytes) {
    const repaired = new Uint8Array(bytes.length * 3);
    let end = 0;
    for (let index = 0; index < bytes.length; ) {
      const lead = bytes[index];
      const length = lead < 0x80 ? 1 : wellFormedLength(bytes, index);
      if (lead < 0x80 || (length > 1 && length === announcedLength(lead))) {
        for (let byte = 0; byte < length; byte++) repaired[end++] = bytes[index + byte];
      } else {
        repaired[end++] = 0xef;
        repaired[end++] = 0xbf;
        repaired[end++] = 0xbd;
      }
      index += length;
    }
    return repaired.subarray(0, end);
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
      return decodeStrict(repair(bytes));
    }
  }

  return { binaryFromBytes, bytesFromBinary, decodeUtf8, encodeUtf8, incompleteTail };
})
