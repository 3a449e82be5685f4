// Headers.

//# record
return [...new Headers({ "Content-Type": "text/plain", Accept: "*/*" })];

//# pairs-are-combined-and-sorted
return [...new Headers([["b", "1"], ["A", "2"], ["B", "3"], ["a", "4"]])];

//# set-cookie-stays-apart
const h = new Headers([["set-cookie", "b=1"], ["x", "y"], ["Set-Cookie", "a=2"]]);
return [[...h], h.getSetCookie(), h.get("set-cookie")];

//# no-cookies
return new Headers().getSetCookie();

//# from-headers
const one = new Headers({ a: "1" }); const two = new Headers(one); two.append("a", "2");
return [one.get("a"), two.get("a")];

//# from-headers-with-cookies
return [...new Headers(new Headers([["set-cookie", "a"], ["set-cookie", "b"]]))];

//# from-map
return [...new Headers(new Map([["a", "1"]]))];

//# from-nothing
return [...new Headers()];

//# from-null
return [...new Headers(null)];

//# from-string
return [...new Headers("a")];

//# bad-pair
return new Headers([["a"]]);

//# append
const h = new Headers(); h.append("A", 1); h.append("a", "2"); return h.get("A");

//# set
const h = new Headers([["a", "1"], ["b", "2"], ["a", "3"]]); h.set("A", "x"); h.set("c", "y"); return [...h];

//# get-missing
return new Headers().get("a");

//# has
const h = new Headers({ a: "" }); return [h.has("A"), h.has("b"), h.get("a")];

//# delete
const h = new Headers({ a: "1", b: "2" }); h.delete("A"); h.delete("x"); return [...h];

//# value-is-trimmed
return new Headers({ a: " \t\r\n x  y \n" }).get("a");

//# value-with-break
return new Headers({ a: "x\ny" });

//# value-with-nul
return new Headers({ a: "x\0y" });

//# value-with-wide-character
return new Headers({ a: "€" });

//# value-latin1
return new Headers({ a: "ä" }).get("a");

//# name-with-space
return new Headers({ "a b": "x" });

//# name-empty
return new Headers({ "": "x" });

//# name-with-colon
return new Headers().get("a:");

//# name-wide
return new Headers().has("ä€");

//# name-tokens
return [...new Headers({ "!#$%&'*+-.^_`|~09azAZ": "x" })];

//# value-symbol
return new Headers({ a: Symbol("x") });

//# needs-arguments
return new Headers().append("a");

//# iterate
const h = new Headers({ b: "1", a: "2" }); const seen = [];
h.forEach((value, name, all) => seen.push([name, value, all === h]));
return [[...h.keys()], [...h.values()], [...h.entries()], seen];

//# iterator-is-live
const h = new Headers({ a: "1", b: "2" }); const seen = []; for (const [name] of h) { seen.push(name);
if (name === "a") h.append("c", "3"); } return seen;

//# shape
return [Headers.name, Headers.length, Headers.prototype.append.length, Headers.prototype.forEach.length, Object.prototype.toString.call(new Headers()), Headers.prototype[Symbol.iterator] === Headers.prototype.entries];

//# json
return JSON.stringify(new Headers({ a: "1" }));

//# record-order-and-numbers
return [...new Headers({ z: 1, 10: 2, x: true })];
