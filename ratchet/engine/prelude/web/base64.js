// atob and btoa (HTML, "Base64 utility methods"), and base64 of bytes for calls to the host.
(function (host) {
  "use strict";
  const { DOMException } = host.part("dom-exception");
  const { requireArguments } = host.part("web-idl");
  const { binaryFromBytes, bytesFromBinary } = host.part("utf8");

  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const CODES = bytesFromBinary(ALPHABET);
  const VALUES = new Uint8Array(128);
  CODES.forEach((code, value) => { VALUES[code] = value; });

  function base64FromBytes(bytes) {
    const whole = bytes.length - (bytes.length % 3);
    const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(61);
    let end = 0;
    for (let start = 0; start < whole; start += 3) {
      const group = (bytes[start] << 16) | (bytes[start + 1] << 8) | bytes[start + 2];
      codes[end++] = CODES[group >> 18];
      codes[end++] = CODES[(group >> 12) & 63];
      codes[end++] = CODES[(group >> 6) & 63];
      codes[end++] = CODES[group & 63];
    }
    if (whole < bytes.length) {
      const group = (bytes[whole] << 16) | ((bytes[whole + 1] ?? 0) << 8);
      codes[end++] = CODES[group >> 18];
      codes[end++] = CODES[(group >> 12) & 63];
      if (bytes.length - whole === 2) codes[end] = CODES[(group >> 6) & 63];
    }
    return binaryFromBytes(codes);
  }

  // Takes text that holds characters of the alphabet only, without padding.
  function bytesFromAlphabet(text) {
    const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
    let end = 0;
    for (let start = 0; start < text.length; start += 4) {
      const group =
        (VALUES[text.charCodeAt(start)] << 18) |
        (VALUES[text.charCodeAt(start + 1)] << 12) |
        (start + 2 < text.length ? VALUES[text.charCodeAt(start + 2)] << 6 : 0) |
        (start + 3 < text.length ? VALUES[text.charCodeAt(start + 3)] : 0);
      // A typed array ignores writes past its end, which is where the padding would land.
      bytes[end++] = group >> 16;
      bytes[end++] = group >> 8;
      bytes[end++] = group;
    }
    return bytes;
  }

  // The forgiving-base64 decode of the Infra Standard; null when the text is not base64.
  function bytesFromBase64(text) {
    let data = text.replace(/[\t\n\f\r ]+/g, "");
    if (data.length % 4 === 0) data = data.replace(/={1,2}$/, "");
    if (data.length % 4 === 1 || !/^[A-Za-z0-9+/]*$/.test(data)) return null;
    return bytesFromAlphabet(data);
  }

  const functions = {
    atob(data) {
      requireArguments(arguments, 1);
      const bytes = bytesFromBase64(`${data}`);
      if (!bytes) throw new DOMException("The string to be decoded is not correctly encoded.", "InvalidCharacterError");
      return binaryFromBytes(bytes);
    },
    btoa(data) {
      requireArguments(arguments, 1);
      const text = `${data}`;
      if (/[^\0-\xff]/.test(text)) {
        throw new DOMException("The string to be encoded has a character above 255.", "InvalidCharacterError");
      }
      return base64FromBytes(bytesFromBinary(text));
    },
  };
  return { ...functions, base64FromBytes, bytesFromBase64 };
})
