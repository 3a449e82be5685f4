// Setters, static functions, the live searchParams, and the outward shape.
const after = (url, property, ...values) => {
  const u = new URL(url);
  for (const value of values) u[property] = value;
  return [u.href, u[property]];
};

//# protocol
return [after("http://h/", "protocol", "https"), after("http://h/", "protocol", "https:x"), after("http://h/", "protocol", "HTTPS")];

//# protocol-keeps-specialness
return [after("http://h/", "protocol", "foo"), after("foo://h/", "protocol", "http"), after("foo://h/", "protocol", "bar")];

//# protocol-drops-default-port
return after("http://h:443/", "protocol", "https");

//# protocol-of-file
return [after("file:///a", "protocol", "http"), after("file://h/a", "protocol", "http"), after("http://u@h/", "protocol", "file"), after("http://h:8/", "protocol", "file")];

//# protocol-invalid
return [after("http://h/", "protocol", ""), after("http://h/", "protocol", "1a"), after("http://h/", "protocol", "a b"), after("http://h/", "protocol", "ws\n")];

//# username-and-password
return [after("http://h/", "username", "a b@:/"), after("http://h/", "password", "a b@:/%"), after("http://u:p@h/", "username", ""), after("http://u:p@h/", "password", "")];

//# credentials-where-there-can-be-none
return [after("file:///a", "username", "x"), after("mailto:a", "password", "x"), after("foo:///a", "username", "x")];

//# host
return [after("http://h:1/", "host", "g"), after("http://h:1/", "host", "g:2"), after("http://h/", "host", "g:80"), after("http://h/", "host", "G.Example:")];

//# host-with-rest
return [after("http://h/p", "host", "g/x"), after("http://h/p", "host", "g?x"), after("http://h/p", "host", "g#x"), after("http://h/p", "host", "g\\x"), after("http://h/p", "host", "g:8x9")];

//# host-invalid
return [after("http://h/", "host", ""), after("http://h/", "host", ":80"), after("http://h/", "host", "a b"), after("http://h/", "host", "[::1"), after("http://h/", "host", "g:x")];

//# host-port-too-large
return after("http://h:5/", "host", "g:65536");

//# host-ipv6
return [after("http://h/", "host", "[::1]"), after("http://h/", "host", "[::0:1]:8"), after("http://h/", "hostname", "[1:0::0]")];

//# host-of-other-scheme
return [after("foo://h/a", "host", ""), after("foo://u@h/a", "host", ""), after("foo://h:1/a", "host", ""), after("foo:/a", "host", "g"), after("mailto:a", "host", "g"), after("foo://h/a", "host", "g\\x")];

//# host-of-file
return [after("file:///a", "host", "g"), after("file://g/a", "host", ""), after("file:///a", "host", "localhost"), after("file:///a", "host", "g:80")];

//# hostname
return [after("http://h:1/", "hostname", "g"), after("http://h/", "hostname", "g/x"), after("http://h/", "hostname", ""), after("http://h/", "hostname", "bücher.de"), after("http://h/", "hostname", "0x7f.1")];

//# hostname-with-port
return after("http://h:1/", "hostname", "g:2");

//# hostname-tabs
return after("http://h/", "hostname", "e\tx\na\rm");

//# port
return [after("http://h/", "port", "81"), after("http://h:81/", "port", ""), after("http://h:81/", "port", "80"), after("http://h/", "port", "0009"), after("http://h/", "port", 8080)];

//# port-with-rest
return [after("http://h/", "port", "81x"), after("http://h/", "port", "81/x"), after("http://h/", "port", "x81"), after("http://h/", "port", "8\t1")];

//# port-out-of-range
return [after("http://h:8/", "port", "65536"), after("http://h:8/", "port", "-1"), after("http://h:8/", "port", "1.5"), after("file:///a", "port", "1")];

//# pathname
return [after("http://h/a", "pathname", "b/c"), after("http://h/a", "pathname", "/b/../c"), after("http://h/a", "pathname", ""), after("http://h/a", "pathname", "\\b")];

//# pathname-is-encoded
return [after("http://h/a", "pathname", "?x#y"), after("http://h/a", "pathname", " ä%41{}"), after("foo://h/a", "pathname", "?x#y\\z")];

//# pathname-of-other-scheme
return [after("foo://h/a", "pathname", ""), after("foo:/a", "pathname", "//b"), after("mailto:a", "pathname", "b"), after("foo:/a", "pathname", "b")];

//# pathname-of-file
return [after("file:///C:/a", "pathname", "D|/b"), after("file:///C:/a", "pathname", "../b")];

//# search
return [after("http://h/?a#b", "search", "?c d'"), after("http://h/?a", "search", "c#d"), after("http://h/?a", "search", ""), after("http://h/?a", "search", "?"), after("foo://h/?a", "search", "'")];

//# hash
return [after("http://h/?a#b", "hash", "#c d`"), after("http://h/#a", "hash", "c#d"), after("http://h/#a", "hash", ""), after("http://h/#a", "hash", "#")];

//# search-and-hash-strip-tabs
return [after("http://h/", "search", "a\tb\nc"), after("http://h/", "hash", "a\tb\rc")];

//# href
return after("http://h/", "href", " https://g:443/x ");

//# href-invalid
return after("http://h/", "href", "nonsense");

//# origin-is-read-only
const u = new URL("http://h/"); "use strict";
return [Object.getOwnPropertyDescriptor(URL.prototype, "origin").set === undefined];

//# can-parse
return [URL.canParse("http://h"), URL.canParse("x"), URL.canParse("x", "http://h"), URL.canParse("x", "y")];

//# can-parse-needs-argument
return URL.canParse();

//# needs-argument
return new URL();

//# needs-new
return URL("http://h/");

//# invalid-error
try { new URL("x y"); } catch (e) { return [e instanceof TypeError, e.name, e.code, e.message]; }

//# parse
return [URL.parse("x", "http://h/").href, URL.parse("x")];

//# to-json-and-string
const u = new URL("http://h/a b");
return [JSON.stringify({ u }), `${u}`, u.toJSON(), String(Object.prototype.toString.call(u))];

//# search-params-are-live
const u = new URL("http://h/?a=1"); u.searchParams.append("b", "2 3"); const one = u.href;
u.search = "?c=4"; const two = u.searchParams.toString(); u.searchParams.delete("c");
return [one, two, u.href, u.search];

//# search-params-same-object
const u = new URL("http://h/?a=1"); return u.searchParams === u.searchParams;

//# search-params-after-href
const u = new URL("http://h/?a=1"); const p = u.searchParams; u.href = "http://g/?z=9"; return [p.get("z"), p.size];

//# search-params-normalise-on-change
const u = new URL("http://h/?a=%7e b"); u.searchParams.sort(); return u.href;

//# search-params-keep-a-second-question-mark
const u = new URL("http://h/??a=1"); return [[...u.searchParams], u.search];

//# search-params-emptied
const u = new URL("http://h/?a=1#f"); u.searchParams.delete("a"); return u.href;

//# search-params-no-change-on-read
const u = new URL("http://h/?a=~ b"); u.searchParams.get("a"); return u.href;

//# setter-needs-brand
return Object.getOwnPropertyDescriptor(URL.prototype, "href").get.call({});

//# shape
return [URL.name, URL.length, URL.canParse.length, Object.keys(new URL("http://h/"))];

//# enumerable-on-prototype
const names = []; for (const name in new URL("http://h/")) names.push(name); return names.sort();

//# inheritance
class Mine extends URL { get extra() { return this.host + "!"; } } const m = new Mine("http://h/");
return [m.extra, m instanceof URL, m.href];

//# long-path
return new URL("http://h/" + "a/".repeat(5000) + "?" + "b".repeat(20000)).href.length;
