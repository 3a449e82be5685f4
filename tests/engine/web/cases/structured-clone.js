// structuredClone and DOMException.

//# primitives
const s = structuredClone;
return [s(1), s("a"), s(true), s(null), s(undefined) === undefined, Object.is(s(-0), -0), String(s(5n)), Number.isNaN(s(NaN))];

//# plain
const a = { b: [1, { c: 2 }], d: undefined }; const b = structuredClone(a);
return [b, b !== a, b.b !== a.b, "d" in b];

//# cycle
const a = { list: [] }; a.self = a; a.list.push(a); const b = structuredClone(a);
return [b !== a, b.self === b, b.list[0] === b];

//# shared
const x = {}; const b = structuredClone([x, x]); return b[0] === b[1];

//# array-holes
const a = [1, , 3]; a.length = 5; a.extra = 1; const b = structuredClone(a);
return [b.length, 1 in b, b.extra, Object.keys(b)];

//# map
const m = new Map([["a", { b: 1 }], [{}, 2]]); m.set("self", m); const c = structuredClone(m);
return [c instanceof Map, c.size, c.get("a"), c.get("self") === c, [...c.keys()].map((k) => typeof k)];

//# set
const c = structuredClone(new Set([1, "a", [2]])); return [c instanceof Set, [...c]];

//# date
const d = structuredClone(new Date(5));
return [d instanceof Date, d.getTime(), Number.isNaN(structuredClone(new Date(NaN)).getTime())];

//# regexp
const r = /a+/giu; r.lastIndex = 3; const c = structuredClone(r);
return [c instanceof RegExp, c.source, c.flags, c.lastIndex];

//# errors
return [new TypeError("a"), new RangeError("b"), new Error("c"), new SyntaxError("d"), new URIError("e")].map((e) => { const c = structuredClone(e); return [c.name, c.message, c instanceof e.constructor, typeof c.stack, Object.keys(c)]; });

//# error-subclass
class Mine extends Error { constructor() { super("m"); this.name = "Mine"; this.extra = 1;
} } const c = structuredClone(new Mine()); return [c.name, c.message, c.constructor === Error, "extra" in c];

//# error-named-like-a-standard-one
const e = new Error("m"); e.name = "TypeError"; const c = structuredClone(e); return [c instanceof TypeError, c.name];

//# error-cause
const c = structuredClone(new Error("a", { cause: { b: 1 } })); return c.cause ?? null;

//# error-without-message
return Object.hasOwn(structuredClone(new Error()), "message");

//# array-buffer
const a = new Uint8Array([1, 2]).buffer; const b = structuredClone(a); new Uint8Array(a)[0] = 9;
return [b instanceof ArrayBuffer, [...new Uint8Array(b)]];

//# views
return [Int8Array, Uint8ClampedArray, Uint16Array, Int32Array, Float32Array, Float64Array].map((C) => { const c = structuredClone(new C([1, 2])); return [c.constructor.name, [...c]]; });

//# big-views
const c = structuredClone(new BigInt64Array([1n])); return [c.constructor.name, String(c[0])];

//# view-offset
const u = new Uint8Array([1, 2, 3, 4]).subarray(1, 3); const c = structuredClone(u);
return [c.byteOffset, c.length, c.buffer.byteLength];

//# views-share-a-buffer
const buffer = new ArrayBuffer(4); const c = structuredClone([new Uint8Array(buffer), new DataView(buffer, 1, 2)]);
return [c[0].buffer === c[1].buffer, c[1] instanceof DataView, c[1].byteOffset, c[1].byteLength];

//# boxes
return [new Number(1), new String("ab"), new Boolean(false), Object(5n)].map((o) => { const c = structuredClone(o);
return [typeof c, Object.prototype.toString.call(c), String(c.valueOf())]; });

//# class-becomes-plain
class P { constructor() { this.a = 1; } get b() { return 2; } } const c = structuredClone(new P());
return [c.constructor === Object, c, "b" in c];

//# null-prototype
const c = structuredClone(Object.assign(Object.create(null), { a: 1 }));
return [Object.getPrototypeOf(c) === Object.prototype, c];

//# getter-is-read
return structuredClone({ get a() { return 1; } });

//# non-enumerable-and-symbols
const a = { [Symbol("s")]: 1, b: 2 }; Object.defineProperty(a, "c", { value: 3, enumerable: false });
const c = structuredClone(a); return [Reflect.ownKeys(c)];

//# key-order
return Object.keys(structuredClone({ b: 1, a: 2, 1: 3, 0: 4 }));

//# proto-key
const a = JSON.parse('{"__proto__": {"x": 1}}'); const c = structuredClone(a); return [Object.keys(c), c.x];

//# function
return structuredClone(() => 1);

//# function-inside
return structuredClone({ a: { b() {} } });

//# symbol
return structuredClone(Symbol("x"));

//# boxed-symbol
return structuredClone(Object(Symbol("x")));

//# promise
return structuredClone({ a: Promise.resolve(1) });

//# weak-map
return structuredClone(new WeakMap());

//# generator
return structuredClone((function* () {})());

//# array-iterator
return structuredClone([][Symbol.iterator]());

//# error-details
try { structuredClone(() => 1); } catch (e) { return [e.name, e.code, e instanceof DOMException]; }

//# getter-that-throws
return structuredClone({ get a() { throw new RangeError("x"); } });

//# arguments-object
return (function () { return structuredClone(arguments); })(1, 2);

//# blob
const c = structuredClone(new Blob(["ab"], { type: "t/u" })); return [c instanceof Blob, c.type, await c.text()];

//# transfer
//! Buffers cannot be detached here, so a transfer is refused instead of silently copied.
//= {"throws": "DataCloneError"}
const b = new ArrayBuffer(2); return structuredClone(b, { transfer: [b] }).byteLength;

//# transfer-empty
return structuredClone([1], { transfer: [] });

//# platform-object
//! Node 20 makes an empty object of a URL; the standard refuses what is not serializable.
//= {"throws": "DataCloneError"}
return structuredClone(new URL("http://h/"));

//# headers
//! Node 20 makes an empty object of Headers; the standard refuses what is not serializable.
//= {"throws": "DataCloneError"}
return structuredClone({ h: new Headers() });

//# needs-argument
return structuredClone();

//# deep
let a = {}; for (let i = 0; i < 500; i++) a = { a }; let c = structuredClone(a), n = 0; while (c.a) { c = c.a; n++;
} return n;

//# shape
return [structuredClone.name, typeof structuredClone];

//# exception
const e = new DOMException("m", "AbortError");
return [e.name, e.message, e.code, e instanceof Error, typeof e.stack, Object.prototype.toString.call(e), String(e), Object.keys(e)];

//# exception-defaults
const e = new DOMException(); return [e.name, e.message, e.code];

//# exception-unknown-name
return new DOMException("m", "Whatever").code;

//# exception-options
const e = new DOMException("m", { name: "DataError", cause: 5 });
return [e.name, e.cause, Object.hasOwn(new DOMException("m"), "cause")];

//# exception-constants
return [DOMException.ABORT_ERR, DOMException.prototype.DATA_CLONE_ERR, new DOMException().INDEX_SIZE_ERR, Object.keys(DOMException).length];

//# exception-codes
return ["IndexSizeError", "HierarchyRequestError", "WrongDocumentError", "InvalidCharacterError", "NoModificationAllowedError", "NotFoundError", "NotSupportedError", "InUseAttributeError", "InvalidStateError", "SyntaxError", "InvalidModificationError", "NamespaceError", "InvalidAccessError", "TypeMismatchError", "SecurityError", "NetworkError", "AbortError", "URLMismatchError", "QuotaExceededError", "TimeoutError", "InvalidNodeTypeError", "DataCloneError", "EncodingError", "OperationError"].map((n) => new DOMException("", n).code);

//# exception-read-only
const e = new DOMException("m", "AbortError"); try { e.name = "x"; } catch {} return e.name;

//# exception-needs-new
return DOMException("m");

//# exception-needs-brand
return Object.getOwnPropertyDescriptor(DOMException.prototype, "name").get.call({});

//# exception-shape
return [DOMException.length, DOMException.name, Object.getPrototypeOf(DOMException.prototype) === Error.prototype, Object.getPrototypeOf(DOMException) === Function.prototype];

//# exception-subclass
class E extends DOMException { constructor() { super("m", "AbortError"); } get x() { return 1;
} } const e = new E(); return [e.x, e.code, e instanceof E, e instanceof DOMException];

//# exception-enumerable
const names = []; for (const name in new DOMException()) if (!/_ERR$/.test(name)) names.push(name);
return names.sort();
