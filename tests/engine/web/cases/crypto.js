// crypto.
const hex = (buffer) => Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
const bytes = (text) => new TextEncoder().encode(text);
const hmacKey = (hash = "SHA-256", usages = ["sign", "verify"], extractable = true, key = bytes("key")) =>
  crypto.subtle.importKey("raw", key, { name: "HMAC", hash }, extractable, usages);

//# digests
return Promise.all(["SHA-1", "SHA-256", "SHA-384", "SHA-512"].map(async (name) => hex(await crypto.subtle.digest(name, bytes("abc")))));

//# digest-of-nothing
return hex(await crypto.subtle.digest("SHA-256", new Uint8Array()));

//# digest-name-case-and-object
return [hex(await crypto.subtle.digest("sha-256", bytes("a"))), hex(await crypto.subtle.digest({ name: "Sha-256" }, bytes("a")))];

//# digest-buffer-sources
const u = bytes("xaby");
return [hex(await crypto.subtle.digest("SHA-1", u.buffer)), hex(await crypto.subtle.digest("SHA-1", u.subarray(1, 3))), hex(await crypto.subtle.digest("SHA-1", new DataView(u.buffer, 1, 2)))];

//# digest-unknown
return await crypto.subtle.digest("MD5", bytes("a"));

//# digest-string
return await crypto.subtle.digest("SHA-256", "a");

//# digest-rejects-and-does-not-throw
const p = crypto.subtle.digest("nope", bytes("a")); return p.catch((e) => [e.name, e instanceof DOMException]);

//# digest-result
const d = await crypto.subtle.digest("SHA-512", bytes("a")); return [d instanceof ArrayBuffer, d.byteLength];

//# digest-large
return hex(await crypto.subtle.digest("SHA-256", new Uint8Array(300000).fill(7)));

//# digest-needs-arguments
return await crypto.subtle.digest("SHA-1");

//# import-key
const k = await hmacKey();
return [k.type, k.extractable, k.algorithm, k.usages, Object.prototype.toString.call(k), k instanceof CryptoKey];

//# import-key-hash-forms
return [(await hmacKey("sha-1")).algorithm.hash, (await hmacKey({ name: "SHA-384" })).algorithm.hash];

//# import-key-usage-order
//! Node keeps repetitions; Web Cryptography normalises usages.
//= {"value": ["sign", "verify"]}
return (await hmacKey("SHA-1", ["verify", "sign", "verify"])).usages;

//# import-key-no-usages
return await hmacKey("SHA-1", []);

//# import-key-wrong-usage
return await hmacKey("SHA-1", ["encrypt"]);

//# import-key-unknown-usage
return await hmacKey("SHA-1", ["nope"]);

//# import-key-empty
return await hmacKey("SHA-1", ["sign"], true, new Uint8Array());

//# import-key-string
return await hmacKey("SHA-1", ["sign"], true, "key");

//# import-key-unknown-hash
return await hmacKey("MD5");

//# import-key-no-hash
return await crypto.subtle.importKey("raw", bytes("a"), "HMAC", true, ["sign"]);

//# import-key-unknown-algorithm
return await crypto.subtle.importKey("raw", bytes("a"), { name: "NOPE" }, true, ["sign"]);

//# import-key-unsupported-algorithm
//! Only HMAC is offered.
//= {"throws": "NotSupportedError"}
return (await crypto.subtle.importKey("raw", new Uint8Array(16), "AES-CBC", true, ["encrypt"])).type;

//# import-key-jwk
//! Keys are taken in the format `raw` only.
//= {"throws": "NotSupportedError"}
return (await crypto.subtle.importKey("jwk", { kty: "oct", k: "a2V5" }, { name: "HMAC", hash: "SHA-1" }, true, ["sign"])).type;

//# import-key-length
//! Node 20 refuses lengths that are not of whole bytes; Web Cryptography, section 31.6.4, allows them.
//= {"value": {"name": "HMAC", "hash": {"name": "SHA-1"}, "length": 12}}
const k = await crypto.subtle.importKey("raw", new Uint8Array([255, 255]), { name: "HMAC", hash: "SHA-1", length: 12 }, true, ["sign"]); return k.algorithm;

//# import-key-length-too-long
return await crypto.subtle.importKey("raw", new Uint8Array(2), { name: "HMAC", hash: "SHA-1", length: 17 }, true, ["sign"]);

//# key-is-copied
const raw = bytes("key"); const k = await hmacKey("SHA-256", ["sign"], true, raw); raw[0] = 0;
return hex(await crypto.subtle.sign("HMAC", k, bytes("m")));

//# sign
return Promise.all(["SHA-1", "SHA-256", "SHA-384", "SHA-512"].map(async (hash) => hex(await crypto.subtle.sign("HMAC", await hmacKey(hash), bytes("The quick brown fox jumps over the lazy dog")))));

//# sign-long-key
return hex(await crypto.subtle.sign({ name: "hmac" }, await hmacKey("SHA-256", ["sign"], true, new Uint8Array(200).fill(3)), bytes("m")));

//# sign-without-usage
return await crypto.subtle.sign("HMAC", await hmacKey("SHA-1", ["verify"]), bytes("m"));

//# sign-other-algorithm
//! Only HMAC is offered, so the name is unknown before the key could be found not to fit.
//= {"throws": "NotSupportedError"}
return await crypto.subtle.sign("RSASSA-PKCS1-v1_5", await hmacKey(), bytes("m"));

//# sign-no-key
return await crypto.subtle.sign("HMAC", {}, bytes("m"));

//# verify
const k = await hmacKey(); const s = await crypto.subtle.sign("HMAC", k, bytes("m"));
const bad = new Uint8Array(s.slice(0)); bad[0] ^= 1;
return [await crypto.subtle.verify("HMAC", k, s, bytes("m")), await crypto.subtle.verify("HMAC", k, bad, bytes("m")), await crypto.subtle.verify("HMAC", k, s, bytes("n")), await crypto.subtle.verify("HMAC", k, s.slice(1), bytes("m"))];

//# verify-without-usage
return await crypto.subtle.verify("HMAC", await hmacKey("SHA-1", ["sign"]), bytes("s"), bytes("m"));

//# export-key
return hex(await crypto.subtle.exportKey("raw", await hmacKey()));

//# export-key-not-extractable
//! Node 20 misspells the name of this exception.
//= {"throws": "InvalidAccessError"}
return await crypto.subtle.exportKey("raw", await hmacKey("SHA-1", ["sign"], false));

//# key-not-constructible
return new CryptoKey();

//# random-values
const u = new Uint8Array(1000); const same = crypto.getRandomValues(u) === u;
return [same, new Set(u).size > 100, crypto.getRandomValues(new Uint32Array(0)).length];

//# random-values-of-view
const all = new Uint8Array(100); crypto.getRandomValues(all.subarray(10, 90));
return [all.subarray(0, 10).some(Boolean), all.subarray(10, 90).some(Boolean), all.subarray(90).some(Boolean)];

//# random-values-types
return [Int8Array, Uint8ClampedArray, Int16Array, Uint32Array, BigUint64Array].map((C) => crypto.getRandomValues(new C(20)).some((n) => n != 0));

//# random-values-float
return crypto.getRandomValues(new Float64Array(1));

//# random-values-data-view
return crypto.getRandomValues(new DataView(new ArrayBuffer(1)));

//# random-values-array
return crypto.getRandomValues([1]);

//# random-values-quota
return crypto.getRandomValues(new Uint8Array(65537));

//# random-values-at-quota
return crypto.getRandomValues(new Uint8Array(65536)).length;

//# random-uuid
const a = crypto.randomUUID();
return [/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(a), a !== crypto.randomUUID()];

//# shape
return [Object.prototype.toString.call(crypto), Object.prototype.toString.call(crypto.subtle), crypto.subtle === crypto.subtle, typeof crypto.subtle.digest];

//# webhook-idiom
const signature = "sha256=" + hex(await crypto.subtle.sign("HMAC", await hmacKey("SHA-256", ["sign"], false, bytes("It's a Secret to Everybody")), bytes("Hello, World!"))); return signature;
