// Response and the reading of bodies.
const show = (r) => ({ status: r.status, text: r.statusText, ok: r.ok, type: r.type, url: r.url, redirected: r.redirected, headers: [...r.headers] });

//# defaults
return show(new Response());

//# string
const r = new Response("hä"); return [show(r), await r.text(), r.bodyUsed];

//# init
return show(new Response("x", { status: 404, statusText: "Not Found", headers: { a: "b" } }));

//# status-range
return [200, 599].map((status) => new Response(null, { status }).ok);

//# status-too-small
return new Response(null, { status: 199 });

//# status-too-large
return new Response(null, { status: 600 });

//# status-text-invalid
return new Response(null, { statusText: "a\nb" });

//# null-body-status
return show(new Response(null, { status: 204 }));

//# body-with-null-body-status
return new Response("x", { status: 204 });

//# empty-string-with-304
return new Response("", { status: 304 });

//# undefined-body
const r = new Response(undefined); return [[...r.headers], await r.text()];

//# number-body
const r = new Response(5); return [[...r.headers], await r.text()];

//# params-body
const r = new Response(new URLSearchParams("a=b")); return [[...r.headers], await r.text()];

//# blob-body
const r = new Response(new Blob(["x"], { type: "Text/X" })); const b = await r.blob();
return [[...r.headers], b.type, b.size, await b.text()];

//# blob-without-type
return [...new Response(new Blob(["x"])).headers];

//# buffer-body
const bytes = new Uint8Array([1, 2]); const r = new Response(bytes.buffer); bytes[0] = 9;
return [[...r.headers], [...new Uint8Array(await r.arrayBuffer())]];

//# view-body
return [...new Uint8Array(await new Response(new DataView(new Uint8Array([1, 2, 3]).buffer, 1)).arrayBuffer())];

//# bytes
const b = await new Response("hä").bytes(); return [b.constructor.name, b[0], b[1]];

//# json
return await new Response(' {"a": 1}\n').json();

//# json-with-byte-order-mark
return await new Response("\ufeff[1]").json();

//# json-invalid
return await new Response("nope").json();

//# json-of-nothing
return await new Response().json();

//# text-strips-byte-order-mark
return (await new Response("\ufeffa\ufeff").text()).length;

//# text-malformed
return await new Response(new Uint8Array([0x61, 0xff, 0xe2, 0x82, 0x62])).text();

//# lone-surrogate
return (await new Response("a\ud800b").text()).charCodeAt(1);

//# read-twice
const r = new Response("x"); await r.text(); return await r.json();

//# read-nothing-twice
const r = new Response(null); await r.text(); return [await r.text(), r.bodyUsed];

//# read-rejects-and-does-not-throw
const p = Response.prototype.text.call({}); return p.then(() => "fine", (e) => e.name);

//# blob-type-from-header
return (await new Response("x", { headers: { "Content-Type": "Text/HTML; Charset=UTF-8" } }).blob()).type;

//# blob-type-parameters
return Promise.all(['a/b;c="d;\\"e";f=g;f=h', "A/B ; C=D ", "a/b;c", "a/b;=x;d=", "nope", "a/b; c= d"].map(async (type) =>
  (await new Response("x", { headers: { "content-type": type } }).blob()).type));

//# static-json
const r = Response.json({ a: [1] }, { status: 201, headers: { b: "c" } }); return [show(r), await r.text()];

//# static-json-own-type
return [...Response.json(1, { headers: { "content-type": "a/b" } }).headers];

//# static-json-undefined
return Response.json(undefined);

//# static-json-cycle
const a = {}; a.a = a; return Response.json(a);

//# static-error
return show(Response.error());

//# static-redirect
return show(Response.redirect("http://h/a b", 307));

//# static-redirect-default
return Response.redirect("http://h/").status;

//# static-redirect-bad-status
return Response.redirect("http://h/", 200);

//# static-redirect-bad-url
return Response.redirect("nope");

//# clone
const a = new Response("x", { status: 201, headers: { b: "c" } }); const b = a.clone(); b.headers.set("b", "d");
return [await a.text(), await b.text(), a.headers.get("b"), b.status];

//# clone-of-used
const a = new Response("x"); await a.text(); return a.clone();

//# form-data-urlencoded
return [...await new Response("a=1&b=%20x+y&a=2", { headers: { "content-type": "application/x-www-form-urlencoded;charset=UTF-8" } }).formData()];

//# form-data-multipart
const body = ["--XX", 'Content-Disposition: form-data; name="a"', "", "1", "--XX",
  'Content-Disposition: form-data; name="f"; filename="ä.txt"', "Content-Type: text/x", "", "hä\r\n", "--XX--", ""].join("\r\n");
const f = await new Response(body, { headers: { "content-type": 'multipart/form-data; boundary="XX"' } }).formData();
return [f.get("a"), f.get("f").name, f.get("f").type, f.get("f").size, await f.get("f").text()];

//# form-data-round-trip
const f = new FormData(); f.append('a"b\nc', "x\ny");
f.append("f", new File(["123"], 'n"m.txt', { type: "text/plain" }));
f.append("b", new Blob([new Uint8Array([0, 255, 13, 10])]));
const g = await new Response(f).formData();
return [[...g.keys()], g.get('a"b\nc') ?? [...g.values()][0], g.get("f").name, g.get("f").type, [...new Uint8Array(await g.get("b").arrayBuffer())], g.get("b").name, g.get("b").type];

//# form-data-empty
return [...await new Response(new FormData()).formData()];

//# form-data-no-type
return await new Response("x").formData();

//# form-data-malformed
return await new Response("x", { headers: { "content-type": "multipart/form-data; boundary=X" } }).formData();

//# multipart-text
const f = new FormData(); f.append("a", "1"); f.append("f", new File(["z"], "n.txt")); const r = new Response(f);
const boundary = r.headers.get("content-type").split("boundary=")[1];
return (await r.text()).replaceAll(boundary, "B");

//# headers-invalid
return new Response("x", { headers: { "a b": "c" } });

//# shape
return [Response.name, Response.length, Response.json.length, Response.redirect.length, Object.prototype.toString.call(new Response())];

//# type-header-kept
return [...new Response("x", { headers: { "Content-Type": "application/json" } }).headers];

//# init-not-an-object
return new Response("x", 5);
