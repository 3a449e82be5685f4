// Blob, File and FormData.

//# parts
const b = new Blob(["ä", new Uint8Array([98, 99]).subarray(1), new Uint8Array([100]).buffer, new Blob(["e"]), 5, null, { toString: () => "o" }]); return [b.size, await b.text(), b.type];

//# type
return ["Text/PLAIN", "a\u0000b", "ä", "", undefined, null].map((type) => new Blob([], { type }).type);

//# no-parts
return [new Blob().size, new Blob(undefined).size, new Blob([]).size];

//# parts-not-iterable
return new Blob({});

//# parts-string
return new Blob("abc");

//# parts-set
return await new Blob(new Set(["a", "b"])).text();

//# lone-surrogate
return [...new Uint8Array(await new Blob(["\ud800"]).arrayBuffer())];

//# endings
//! Node leaves a lone carriage return alone; the File API converts it too.
//= {"value": ["a\nb\nc\nd", "a\r\n"]}
return [await new Blob(["a\r\nb\nc\rd"], { endings: "native" }).text(), await new Blob(["a\r\n"], { endings: "transparent" }).text()];

//# endings-invalid
return new Blob([], { endings: "x" });

//# slice
const b = new Blob(["0123456789"], { type: "a/b" }); const show = async (x) => [await x.text(), x.type];
return [await show(b.slice()), await show(b.slice(2, 4, "C/D")), await show(b.slice(-3)), await show(b.slice(-3, -1)), await show(b.slice(5, 2)), await show(b.slice(0, 100)), await show(b.slice(undefined, 2))];

//# array-buffer-is-a-copy
const b = new Blob(["ab"]); new Uint8Array(await b.arrayBuffer())[0] = 0; return await b.text();

//# bytes
return [...await new Blob(["ab"]).bytes()];

//# text-malformed
return await new Blob([new Uint8Array([0xff, 0x41])]).text();

//# source-is-copied
const u = new Uint8Array([97]); const b = new Blob([u]); u[0] = 98; return await b.text();

//# blob-shape
return [Blob.name, Blob.length, Object.prototype.toString.call(new Blob())];

//# file
const f = new File(["abc"], "n.txt", { type: "text/plain", lastModified: 5 });
return [f.name, f.type, f.size, f.lastModified, f instanceof Blob, await f.text(), Object.prototype.toString.call(f)];

//# file-slice-is-a-blob
return new File(["abc"], "n").slice(0, 1) instanceof File;

//# file-needs-arguments
return new File([]);

//# file-name
return new File([], "a/b:c\ud800").name.charCodeAt(5);

//# file-last-modified
return [typeof new File([], "n").lastModified, new File([], "n", { lastModified: "7" }).lastModified];

//# form
const f = new FormData(); f.append("a", 1); f.append("a", "2"); f.append("b", null);
return [f.get("a"), f.getAll("a"), f.has("b"), f.get("c"), [...f]];

//# form-set-and-delete
const f = new FormData(); f.append("a", 1); f.append("b", 2); f.append("a", 3); f.set("a", "x"); f.delete("b");
f.set("c", "y"); return [...f];

//# form-blob-becomes-file
const f = new FormData(); f.append("a", new Blob(["x"], { type: "t/u" })); const v = f.get("a");
return [v instanceof File, v.name, v.type, await v.text()];

//# form-file-name
const f = new FormData(); f.append("a", new Blob(["x"]), "n.txt"); f.append("b", new File(["y"], "old"), "new");
return [f.get("a").name, f.get("b").name];

//# form-file-is-kept
const file = new File(["y"], "n"); const f = new FormData(); f.append("a", file); return f.get("a") === file;

//# form-file-name-without-blob
return new FormData().append("a", "x", "n.txt");

//# form-needs-arguments
return new FormData().append("a");

//# form-of-something
return new FormData("x");

//# form-iterate
const f = new FormData(); f.append("b", "1"); f.append("a", "2"); const seen = [];
f.forEach((v, k) => seen.push([k, v])); return [[...f.keys()], [...f.values()], [...f.entries()], seen];

//# form-shape
return [FormData.name, Object.prototype.toString.call(new FormData()), FormData.prototype.append.length];
