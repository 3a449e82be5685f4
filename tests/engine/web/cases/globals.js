// What every global scope offers.

//# performance-counts-up-in-fractions-of-a-millisecond
const start = performance.now();
await new Promise((resolve) => setTimeout(resolve, 5));
const end = performance.now();
return [typeof start, end - start >= 4, performance.now() >= end];

//# performance-tells-the-time-of-day-from-its-time-origin-on
const told = performance.timeOrigin + performance.now();
return [Math.abs(told - Date.now()) < 1000, performance.toJSON().timeOrigin === performance.timeOrigin];

//# performance-is-an-object-of-a-class
const proto = Object.getPrototypeOf(performance);
let refused;
try { new proto.constructor() } catch (error) { refused = error.name }
return [`${performance}`, proto.constructor.name, refused, proto.propertyIsEnumerable("now")];

//# globalThis-is-the-global-object
return [globalThis === global, globalThis.globalThis === globalThis, typeof globalThis.setTimeout];

//# console-has-the-methods-of-its-standard
return ["assert", "count", "countReset", "debug", "dir", "error", "group", "groupEnd", "info", "log", "table", "time",
  "timeEnd", "timeLog", "trace", "warn"].filter((name) => typeof console[name] !== "function");

//# functions-of-the-global-scope-have-the-lengths-of-their-declarations
//! Node 20 says 0 for `structuredClone`; Web IDL counts the argument that has to be there.
//= {"value": {"atob": 1, "btoa": 1, "structuredClone": 1, "queueMicrotask": 1}}
return Object.fromEntries([atob, btoa, structuredClone, queueMicrotask].map((each) => [each.name, each.length]));

//# interfaces-can-be-taken-for-classes
return [AbortController, AbortSignal, Blob, CryptoKey, DOMException, Event, EventTarget, File, FormData, Headers,
  Request, Response, TextDecoder, TextEncoder, URL, URLSearchParams].map((each) => [each.name, typeof each.prototype]);

//# interfaces-cannot-be-called-without-new
return [AbortController, Blob, Event, EventTarget, File, FormData, Headers, Request, Response, TextDecoder,
  TextEncoder, URL, URLSearchParams].map((each) => { try { each("a", "b"); return null; } catch (error) { return error.name; } });

//# objects-name-their-interface
const controller = new AbortController();
return [controller, controller.signal, new Blob(), new Event("x"), new EventTarget(), new File([], "x"), new FormData(),
  new Headers(), new Request("http://h/"), new Response(), new TextDecoder(), new TextEncoder(), new URL("a:b"),
  new URLSearchParams(), crypto, new DOMException()].map(String);
