// crypto (Web Cryptography): random numbers, SHA digests and HMAC. The arithmetic is done by the host's own library, that
// with the key behind the placeholder of a secret outside the worker.
(function (host) {
  "use strict";
  const { DOMException } = host.part("dom-exception");
  const { bytesOf, isObject, publish, requireArguments, toDictionary, toSequence } = host.part("web-idl");
  const { base64FromBytes, bytesFromBase64 } = host.part("base64");
  const { binaryFromBytes } = host.part("utf8");

  const TOKEN = {};
  const QUOTA_BYTES = 65536;
  const USAGES = [
    "encrypt", "decrypt", "sign", "verify", "deriveKey", "deriveBits", "wrapKey", "unwrapKey",
  ];
  const INTEGERS = [
    Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, BigInt64Array,
    BigUint64Array,
  ];
  const HASHES = ["SHA-1", "SHA-256", "SHA-384", "SHA-512"];

  function fail(name, message) {
    throw new DOMException(message, name);
  }

  const PLACEHOLDER = /^\{\{secret:([A-Za-z_][A-Za-z0-9_]{0,127})\}\}$/;
  const PLACEHOLDER_BYTES = 139;

  function failType(message) {
    throw new TypeError(message);
  }

  function callForBytes(name, payload) {
    return bytesFromBase64(host.call(name, payload));
  }

  function randomBytes(count) {
    return count === 0 ? new Uint8Array(0) : callForBytes("crypto.random", { bytes: count });
  }

  function readBytes(value) {
    return bytesOf(value) ?? failType("The data must be an ArrayBuffer or a view of one");
  }

  // Names of algorithms are matched without regard to case.
  function readAlgorithm(value, names) {
    const given = isObject(value) ? value.name : value;
    if (given === undefined) throw new TypeError("The algorithm must have a name");
    const wanted = `${given}`.toUpperCase();
    return names.find((name) => name === wanted) ?? fail("NotSupportedError", "Unrecognized algorithm name");
  }

  let keyOf;

  class CryptoKey {
    #key;

    static { keyOf = (value) => (isObject(value) && #key in value ? value.#key : null); }

    constructor(token = undefined, key = undefined) {
      if (token !== TOKEN) throw new TypeError("Illegal constructor");
      this.#key = key;
    }

    get algorithm() { return this.#key.algorithm; }
    get extractable() { return this.#key.extractable; }
    get type() { return this.#key && "secret"; }
    get usages() { return this.#key.usages; }
  }

  function readKey(value) {
    return keyOf(value) ?? failType("The key must be a CryptoKey");
  }

  function readUsages(values) {
    const usages = toSequence(values).map(String);
    if (!usages.every((usage) => USAGES.includes(usage))) throw new TypeError("A key usage is not one of the standard");
    if (!usages.every((usage) => usage === "sign" || usage === "verify")) {
      fail("SyntaxError", "Unsupported key usage for a HMAC key");
    }
    if (usages.length === 0) fail("SyntaxError", "Usages cannot be empty when importing a secret key.");
    return ["sign", "verify"].filter((usage) => usages.includes(usage));
  }

  // A length that is not one of whole bytes cuts the last bits off.
  function cutToBits(bytes, length) {
    const bits = bytes.length * 8;
    if (length === undefined) return { bytes, bits };
    const wanted = Number(length);
    if (!(wanted <= bits && wanted > bits - 8)) fail("DataError", "The length does not fit the key data");
    const cut = bytes.slice();
    if (wanted < bits) cut[cut.length - 1] &= (0xff << (bits - wanted)) & 0xff;
    return { bytes: cut, bits: wanted };
  }

  // The name in a placeholder, as text or encoded; null for any other key.
  function secretIn(value) {
    if (typeof value === "string") return PLACEHOLDER.exec(value)?.[1] ?? null;
    const bytes = bytesOf(value);
    return bytes && bytes.length <= PLACEHOLDER_BYTES ? PLACEHOLDER.exec(binaryFromBytes(bytes))?.[1] ?? null : null;
  }

  // Its length is not to be known here, and it is never handed out.
  function importSecret(secret, hash, algorithm, usages) {
    if (algorithm.length !== undefined) fail("NotSupportedError", "The key of a secret has no length of its own");
    return new CryptoKey(TOKEN, { secret, usages, extractable: false, algorithm: { name: "HMAC", hash: { name: hash } } });
  }

  function importHmacKey(format, keyData, algorithm, extractable, keyUsages) {
    readAlgorithm(algorithm, ["HMAC"]);
    const hash = readAlgorithm(toDictionary(isObject(algorithm) ? algorithm : undefined).hash, HASHES);
    if (`${format}` !== "raw") fail("NotSupportedError", "Keys can be imported in the format `raw` only");
    const secret = secretIn(keyData);
    if (secret !== null) return importSecret(secret, hash, algorithm, readUsages(keyUsages));
    const data = readBytes(keyData).slice();
    const usages = readUsages(keyUsages);
    if (data.length === 0) fail("DataError", "Zero-length key is not supported");
    const { bytes, bits } = cutToBits(data, algorithm.length);
    return new CryptoKey(TOKEN, {
      bytes, usages, extractable: Boolean(extractable), algorithm: { name: "HMAC", hash: { name: hash }, length: bits },
    });
  }

  // What the host needs for a signature, once the key is known to allow it.
  function signaturePayload(algorithm, key, data, usage) {
    readAlgorithm(algorithm, ["HMAC"]);
    const { algorithm: { hash }, bytes, secret, usages } = readKey(key);
    const signed = readBytes(data);
    if (!usages.includes(usage)) fail("InvalidAccessError", `Unable to use this key to ${usage}`);
    const holder = secret === undefined ? { key: base64FromBytes(bytes) } : { secret };
    return { algorithm: hash.name, ...holder, data: base64FromBytes(signed) };
  }

  class SubtleCrypto {
    #brand;

    constructor(token = undefined) {
      if (token !== TOKEN) throw new TypeError("Illegal constructor");
    }

    async digest(algorithm, data) {
      this.#brand;
      requireArguments(arguments, 2);
      const name = readAlgorithm(algorithm, HASHES);
      return callForBytes("crypto.digest", { algorithm: name, data: base64FromBytes(readBytes(data)) }).buffer;
    }

    async exportKey(format, key) {
      this.#brand;
      requireArguments(arguments, 2);
      const { bytes, extractable } = readKey(key);
      if (`${format}` !== "raw") fail("NotSupportedError", "Keys can be exported in the format `raw` only");
      if (!extractable) fail("InvalidAccessError", "key is not extractable");
      return bytes.slice().buffer;
    }

    async importKey(format, keyData, algorithm, extractable, keyUsages) {
      this.#brand;
      requireArguments(arguments, 5);
      return importHmacKey(format, keyData, algorithm, extractable, keyUsages);
    }

    async sign(algorithm, key, data) {
      this.#brand;
      requireArguments(arguments, 3);
      const payload = signaturePayload(algorithm, key, data, "sign");
      if ("secret" in payload) return bytesFromBase64(await host.ask("sign", payload)).buffer;
      return callForBytes("crypto.hmac", payload).buffer;
    }

    async verify(algorithm, key, signature, data) {
      this.#brand;
      requireArguments(arguments, 4);
      const payload = {
        ...signaturePayload(algorithm, key, data, "verify"),
        signature: base64FromBytes(readBytes(signature)),
      };
      return "secret" in payload ? host.ask("sign", payload) : host.call("crypto.verify", payload);
    }
  }

  class Crypto {
    #subtle = new SubtleCrypto(TOKEN);

    constructor(token = undefined) {
      if (token !== TOKEN) throw new TypeError("Illegal constructor");
    }

    get subtle() { return this.#subtle; }

    getRandomValues(array) {
      this.#subtle;
      requireArguments(arguments, 1);
      if (!INTEGERS.some((Class) => array instanceof Class)) {
        fail("TypeMismatchError", "The data argument must be an integer-type TypedArray");
      }
      if (array.byteLength > QUOTA_BYTES) {
        fail("QuotaExceededError", `The requested length exceeds ${QUOTA_BYTES} bytes`);
      }
      bytesOf(array).set(randomBytes(array.byteLength));
      return array;
    }

    // RFC 9562, version 4.
    randomUUID() {
      this.#subtle;
      const bytes = randomBytes(16);
      bytes[6] = (bytes[6] & 0x0f) | 0x40;
      bytes[8] = (bytes[8] & 0x3f) | 0x80;
      const digits = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
      return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
    }
  }

  publish(SubtleCrypto);
  publish(Crypto);
  return { CryptoKey: publish(CryptoKey), crypto: new Crypto(TOKEN) };
})
