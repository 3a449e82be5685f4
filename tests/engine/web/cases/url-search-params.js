// URLSearchParams.

//# string
return [...new URLSearchParams("?a=1&b=2&a=3&&=4&c&d==")];

//# only-one-question-mark-is-stripped
return [...new URLSearchParams("??a=1")];

//# decoding
return [...new URLSearchParams("a+b=%20%2B+&%zz=%&ä=%C3%A4&x=%ff&y=%F0%9F%98%80&z=%E2%82")];

//# byte-order-mark
return [...new URLSearchParams("a=%EF%BB%BFx")].map(([k, v]) => [k, v.length]);

//# encoding
return new URLSearchParams([["a b", "c+d&e=f"], ["ä€😀", "~!'()*-._%\u0000"], ["\ud800", "\n"]]).toString();

//# from-record
return [...new URLSearchParams({ a: 1, b: null, c: undefined, d: [1, 2] })];

//# from-pairs
return [...new URLSearchParams([["a", 1], ["b", true]])];

//# from-map
return `${new URLSearchParams(new Map([["a", "1"], ["b", "2"]]))}`;

//# from-params
const one = new URLSearchParams("a=1"); const two = new URLSearchParams(one); two.append("b", "2");
return [`${one}`, `${two}`];

//# from-form-data
const f = new FormData(); f.append("a", "1"); return `${new URLSearchParams(f)}`;

//# from-generator
function* pairs() { yield ["a", "1"]; yield new Set(["b", "2"]); } return `${new URLSearchParams(pairs())}`;

//# from-nothing
return [`${new URLSearchParams()}`, `${new URLSearchParams(undefined)}`, `${new URLSearchParams("")}`, `${new URLSearchParams(null)}`];

//# from-number
return `${new URLSearchParams(5)}`;

//# from-bad-pair
return new URLSearchParams([["a"]]);

//# from-long-pair
return new URLSearchParams([["a", "b", "c"]]);

//# from-non-pair
return new URLSearchParams(["ab"]);

//# from-symbol
return new URLSearchParams(Symbol("x"));

//# get
const p = new URLSearchParams("a=1&a=2&b=");
return [p.get("a"), p.getAll("a"), p.get("b"), p.get("c"), p.getAll("c")];

//# has
const p = new URLSearchParams("a=1&b=2");
return [p.has("a"), p.has("a", "1"), p.has("a", "2"), p.has("c"), p.has("a", undefined)];

//# delete
const p = new URLSearchParams("a=1&b=2&a=3"); p.delete("a"); return `${p}`;

//# delete-with-value
const p = new URLSearchParams("a=1&b=2&a=3"); p.delete("a", "3"); p.delete("b", "x"); return `${p}`;

//# set
const p = new URLSearchParams("a=1&b=2&a=3"); p.set("a", "x"); p.set("c", "y"); return `${p}`;

//# append
const p = new URLSearchParams(); p.append("a", null); p.append("a", undefined); return `${p}`;

//# append-needs-two
return new URLSearchParams().append("a");

//# get-needs-one
return new URLSearchParams().get();

//# sort-is-stable
const p = new URLSearchParams("z=1&a=2&z=0&a=1&\uffff=u&😀=e"); p.sort(); return [...p];

//# size
const p = new URLSearchParams("a=1&a=2"); p.append("b", 1); return p.size;

//# for-each
const seen = []; const self = {}; const p = new URLSearchParams("a=1&b=2");
p.forEach(function (value, name, all) { seen.push([value, name, all === p, this === self]); }, self); return seen;

//# for-each-needs-function
return new URLSearchParams("a=1").forEach("x");

//# iterators
const p = new URLSearchParams("a=1&b=2"); return [[...p.keys()], [...p.values()], [...p.entries()]];

//# iterator-is-live
const p = new URLSearchParams("a=1&b=2&c=3"); const seen = []; for (const [name] of p) { seen.push(name);
p.delete("a"); } return seen;

//# iterator-shape
const i = new URLSearchParams("a=1").keys();
return [Object.prototype.toString.call(i), typeof i[Symbol.iterator], i[Symbol.iterator]() === i, i.next(), i.next()];

//# entries-is-the-iterator
return URLSearchParams.prototype.entries === URLSearchParams.prototype[Symbol.iterator];

//# needs-brand
return URLSearchParams.prototype.get.call({}, "a");

//# shape
return [URLSearchParams.name, URLSearchParams.length, ...["append", "delete", "get", "has", "set", "forEach"].map((n) => URLSearchParams.prototype[n].length), Object.prototype.toString.call(new URLSearchParams())];

//# enumerable-on-prototype
const names = []; for (const name in new URLSearchParams()) names.push(name); return names.sort();

//# object-from-entries
return Object.fromEntries(new URLSearchParams("a=1&b=2"));
