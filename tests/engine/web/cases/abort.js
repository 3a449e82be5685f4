// AbortController, AbortSignal, Event and EventTarget.

//# controller
const c = new AbortController(); const before = c.signal.aborted; c.abort();
return [before, c.signal.aborted, c.signal.reason.name, c.signal.reason.code, c.signal.reason instanceof DOMException, c.signal === c.signal];

//# reason
const c = new AbortController(); c.abort({ why: 1 }); c.abort("later"); return c.signal.reason;

//# reason-null
const c = new AbortController(); c.abort(null); return [c.signal.aborted, c.signal.reason];

//# reason-before
return new AbortController().signal.reason === undefined;

//# events
const c = new AbortController(); const seen = [];
c.signal.onabort = (e) => seen.push(["on", e.type, e.target === c.signal]);
c.signal.addEventListener("abort", (e) => seen.push(["listener", e.constructor.name, e.bubbles, e.cancelable]));
c.abort(); c.abort(); return seen;

//# onabort-replaced-keeps-its-turn
const c = new AbortController(); const seen = []; c.signal.onabort = () => seen.push(1);
c.signal.addEventListener("abort", () => seen.push(2)); c.signal.onabort = () => seen.push(3); c.abort(); return seen;

//# onabort-cleared
const c = new AbortController(); const seen = []; c.signal.onabort = () => seen.push(1); c.signal.onabort = null;
c.abort(); return [seen, c.signal.onabort];

//# onabort-not-a-function
//! Node keeps anything; an event handler attribute takes objects only.
//= {"value": null}
const c = new AbortController(); c.signal.onabort = 5; return c.signal.onabort;

//# removed-listener
const c = new AbortController(); const seen = []; const f = () => seen.push(1);
c.signal.addEventListener("abort", f); c.signal.removeEventListener("abort", f); c.abort(); return seen;

//# throw-if-aborted
const c = new AbortController(); c.signal.throwIfAborted(); c.abort(); c.signal.throwIfAborted();

//# throw-if-aborted-reason
try { AbortSignal.abort("x").throwIfAborted(); } catch (e) { return e; }

//# static-abort
const s = AbortSignal.abort(); return [s.aborted, s.reason.name];

//# signal-not-constructible
return new AbortSignal();

//# timeout
const s = AbortSignal.timeout(2); const before = s.aborted;
const name = await new Promise((resolve) => { s.onabort = () => resolve(s.reason.name); });
return [before, name, s.aborted, s.reason.code];

//# timeout-negative
//! Node has a RangeError of its own; Web IDL says TypeError for a value out of range.
//= {"throws": "TypeError"}
return AbortSignal.timeout(-1);

//# timeout-needs-argument
return AbortSignal.timeout();

//# any
const a = new AbortController(), b = new AbortController(); const s = AbortSignal.any([a.signal, b.signal]);
b.abort("b"); a.abort("a"); return [s.aborted, s.reason];

//# any-of-aborted
return AbortSignal.any([new AbortController().signal, AbortSignal.abort("x")]).reason;

//# any-of-none
return AbortSignal.any([]).aborted;

//# any-nested
const a = new AbortController(); const s = AbortSignal.any([AbortSignal.any([a.signal])]); const seen = [];
s.onabort = () => seen.push(s.reason); a.abort(1); return seen;

//# any-order
//! Node 20 aborts followers after the listeners of what they follow; the DOM Standard does so before.
//= {"value": ["source", true, "dependent"]}
const a = new AbortController(); const s = AbortSignal.any([a.signal]); const seen = [];
s.addEventListener("abort", () => seen.push("dependent"));
a.signal.addEventListener("abort", () => seen.push("source", s.aborted)); a.abort(); return seen;

//# any-invalid
return AbortSignal.any([{}]);

//# any-not-iterable
return AbortSignal.any(5);

//# signal-shape
return [Object.prototype.toString.call(new AbortController()), Object.prototype.toString.call(new AbortController().signal), new AbortController().signal instanceof EventTarget, AbortController.length];

//# event
const e = new Event("x", { bubbles: true, cancelable: 1 }); e.preventDefault();
return [e.type, e.bubbles, e.cancelable, e.composed, e.defaultPrevented, e.target, e.currentTarget, e.eventPhase, e.returnValue, typeof e.timeStamp, e.composedPath()];

//# event-not-cancelable
const e = new Event("x"); e.preventDefault(); return e.defaultPrevented;

//# event-needs-type
return new Event();

//# event-constants
return [Event.NONE, Event.CAPTURING_PHASE, Event.AT_TARGET, Event.BUBBLING_PHASE];

//# dispatch
const t = new EventTarget(); const seen = [];
t.addEventListener("x", function (e) { seen.push(this === t, e.target === t, e.currentTarget === t, e.eventPhase, e.composedPath().length); }); const result = t.dispatchEvent(new Event("x")); return [result, ...seen];

//# dispatch-canceled
const t = new EventTarget(); t.addEventListener("x", (e) => e.preventDefault());
return [t.dispatchEvent(new Event("x", { cancelable: true })), t.dispatchEvent(new Event("x"))];

//# dispatch-after
const t = new EventTarget(); const e = new Event("x"); t.dispatchEvent(e);
return [e.target === t, e.currentTarget, e.eventPhase];

//# dispatch-invalid
return new EventTarget().dispatchEvent({ type: "x" });

//# dispatch-while-dispatched
//! Node reports an ERR_EVENT_RECURSION of its own; the DOM Standard says InvalidStateError.
//= {"value": "InvalidStateError"}
const t = new EventTarget(); const e = new Event("x"); let name;
t.addEventListener("x", () => { try { t.dispatchEvent(e); } catch (error) { name = error.name; } });
t.dispatchEvent(e); return name;

//# listener-once
const t = new EventTarget(); let n = 0; t.addEventListener("x", () => n++, { once: true });
t.dispatchEvent(new Event("x")); t.dispatchEvent(new Event("x")); return n;

//# listener-twice-is-once
const t = new EventTarget(); let n = 0; const f = () => n++; t.addEventListener("x", f); t.addEventListener("x", f);
t.addEventListener("x", f, true); t.dispatchEvent(new Event("x")); return n;

//# listener-object
const t = new EventTarget(); const o = { n: 0, handleEvent(e) { this.n++; this.type = e.type; } };
t.addEventListener("x", o); t.dispatchEvent(new Event("x")); return [o.n, o.type];

//# listener-null
const t = new EventTarget(); t.addEventListener("x", null); return t.dispatchEvent(new Event("x"));

//# listener-signal
const t = new EventTarget(); const c = new AbortController(); let n = 0;
t.addEventListener("x", () => n++, { signal: c.signal }); t.dispatchEvent(new Event("x")); c.abort();
t.dispatchEvent(new Event("x")); return n;

//# listener-stop-immediate
const t = new EventTarget(); const seen = []; t.addEventListener("x", (e) => { seen.push(1);
e.stopImmediatePropagation(); }); t.addEventListener("x", () => seen.push(2)); t.dispatchEvent(new Event("x"));
return seen;

//# listener-added-during-dispatch
const t = new EventTarget(); const seen = []; t.addEventListener("x", () => { seen.push(1);
t.addEventListener("x", () => seen.push(2)); }); t.dispatchEvent(new Event("x")); return seen;

//# listener-removed-during-dispatch
const t = new EventTarget(); const seen = []; const f = () => seen.push(2);
t.addEventListener("x", () => { seen.push(1); t.removeEventListener("x", f); }); t.addEventListener("x", f);
t.dispatchEvent(new Event("x")); return seen;

//# listener-that-throws
// The error itself is an uncaught exception in Node and a line of the console here.
const t = new EventTarget(); const seen = []; t.addEventListener("x", () => { seen.push(1); throw new Error("no");
}); t.addEventListener("x", () => seen.push(2)); t.dispatchEvent(new Event("x")); return seen;

//# subclass
class Bus extends EventTarget { emit(v) { const e = new Event("v"); e.v = v; this.dispatchEvent(e);
} } const b = new Bus(); const seen = []; b.addEventListener("v", (e) => seen.push(e.v)); b.emit(7); return seen;

//# target-shape
return [EventTarget.length, Object.prototype.toString.call(new EventTarget()), Object.prototype.toString.call(new Event("x")), EventTarget.prototype.addEventListener.length, Object.keys(new EventTarget())];

//# async-cancel-idiom
const c = new AbortController();
const wait = (signal) => new Promise((resolve, reject) => { const id = setTimeout(resolve, 5000);
signal.addEventListener("abort", () => { clearTimeout(id); reject(signal.reason); }, { once: true }); });
setTimeout(() => c.abort(new Error("stop")), 1); try { await wait(c.signal); } catch (e) { return e.message; }
