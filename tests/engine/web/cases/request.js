// Request.
const show = (r) => ({ url: r.url, method: r.method, headers: [...r.headers], used: r.bodyUsed });

//# defaults
const r = new Request("http://h/a b#c");
return [show(r), r.cache, r.credentials, r.destination, r.integrity, r.keepalive, r.mode, r.redirect, r.referrer, r.referrerPolicy, r.duplex];

//# relative
return show(new Request("/a"));

//# url-object
return show(new Request(new URL("http://h/x?y")));

//# credentials-in-url
return show(new Request("http://u:p@h/"));

//# methods
return ["get", "pOsT", "patch", "PATCH", "Delete", "foo"].map((method) => new Request("http://h/", { method }).method);

//# method-forbidden
return new Request("http://h/", { method: "TRACE" });

//# method-connect
return new Request("http://h/", { method: "connect" });

//# method-invalid
return new Request("http://h/", { method: "a b" });

//# method-empty
return new Request("http://h/", { method: "" });

//# body-on-get
return new Request("http://h/", { body: "x" });

//# null-body-on-get
return show(new Request("http://h/", { body: null }));

//# string-body
const r = new Request("http://h/", { method: "POST", body: "ä" }); return [show(r), await r.text(), r.bodyUsed];

//# own-content-type-wins
const r = new Request("http://h/", { method: "POST", body: "x", headers: { "Content-Type": "a/b" } }); return show(r);

//# params-body
const r = new Request("http://h/", { method: "POST", body: new URLSearchParams({ a: "b c" }) });
return [show(r), await r.text()];

//# bytes-body
const r = new Request("http://h/", { method: "PUT", body: new Uint8Array([1, 2, 3]).subarray(1) });
return [show(r), [...new Uint8Array(await r.arrayBuffer())]];

//# blob-body
const r = new Request("http://h/", { method: "PUT", body: new Blob(["x"], { type: "a/b" }) });
return [show(r), await r.text()];

//# form-body
const f = new FormData(); f.set("a", "1"); const r = new Request("http://h/", { method: "POST", body: f });
return [r.headers.get("content-type").replace(/boundary=.*/, "boundary=…"), [...await r.formData()]];

//# object-body
const r = new Request("http://h/", { method: "POST", body: { a: 1 } }); return [show(r), await r.text()];

//# empty-body
const r = new Request("http://h/", { method: "POST" }); return [await r.text(), r.bodyUsed, await r.text()];

//# copy
const a = new Request("http://h/", { method: "POST", body: "x", headers: { b: "c" }, redirect: "manual" });
const b = new Request(a); return [show(b), b.redirect, a.bodyUsed, await b.text()];

//# copy-with-init
const a = new Request("http://h/", { method: "POST", body: "x", headers: { b: "c" } });
const b = new Request(a, { method: "PUT", headers: { d: "e" }, body: "y" });
return [show(b), await b.text(), a.bodyUsed];

//# copy-of-used
const a = new Request("http://h/", { method: "POST", body: "x" }); await a.text(); return new Request(a);

//# copy-with-get
return new Request(new Request("http://h/", { method: "POST", body: "x" }), { method: "GET" });

//# clone
const a = new Request("http://h/", { method: "POST", body: "x", headers: { b: "c" } }); const b = a.clone();
b.headers.set("b", "d"); return [await a.text(), await b.text(), a.headers.get("b"), b.headers.get("b")];

//# clone-of-used
const a = new Request("http://h/", { method: "POST", body: "x" }); await a.text(); return a.clone();

//# read-twice
const a = new Request("http://h/", { method: "POST", body: "x" }); await a.text(); return await a.text();

//# json
const r = new Request("http://h/", { method: "POST", body: '{"a":[1]}' }); return await r.json();

//# json-invalid
return await new Request("http://h/", { method: "POST", body: "{" }).json();

//# options
const r = new Request("http://h/", { cache: "no-store", credentials: "omit", redirect: "error", mode: "same-origin", referrerPolicy: "origin", integrity: "x", keepalive: 1 }); return [r.cache, r.credentials, r.redirect, r.mode, r.referrerPolicy, r.integrity, r.keepalive];

//# option-redirect-invalid
return new Request("http://h/", { redirect: "x" });

//# option-mode-navigate
return new Request("http://h/", { mode: "navigate" });

//# referrer
return [new Request("http://h/", { referrer: "" }).referrer];

//# signal
const c = new AbortController(); const r = new Request("http://h/", { signal: c.signal });
const before = r.signal.aborted; c.abort("why");
return [before, r.signal.aborted, r.signal.reason, r.signal === c.signal];

//# signal-always-there
return new Request("http://h/").signal instanceof AbortSignal;

//# signal-invalid
return new Request("http://h/", { signal: {} });

//# signal-null
return new Request("http://h/", { signal: null }).signal.aborted;

//# signal-of-copy
const c = new AbortController(); const r = new Request(new Request("http://h/", { signal: c.signal })); c.abort();
return r.signal.aborted;

//# needs-argument
return new Request();

//# init-not-an-object
return new Request("http://h/", 5);

//# headers-invalid
return new Request("http://h/", { headers: { "a b": "c" } });

//# shape
return [Request.name, Request.length, Object.prototype.toString.call(new Request("http://h/"))];

//# body-is-absent
//! There are no streams, so there is no `body`.
//= {"value": [false, false]}
return ["body" in new Request("http://h/"), "body" in new Response("x")];

//# needs-brand
return Object.getOwnPropertyDescriptor(Request.prototype, "url").get.call({});
