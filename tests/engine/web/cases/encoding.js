// TextEncoder, TextDecoder, atob and btoa.
const bytes = (...list) => new Uint8Array(list);
const codes = (text) => Array.from(text, (c) => c.codePointAt(0).toString(16));

//# encode
return [..."aä€😀"].map((c) => [...new TextEncoder().encode(c)]);

//# encode-lone-surrogates
return [[...new TextEncoder().encode("\ud800")], [...new TextEncoder().encode("a\udc00\ud83d")]];

//# encode-nothing
return [new TextEncoder().encode().length, new TextEncoder().encode("").length, new TextEncoder().encode(undefined).length, [...new TextEncoder().encode(null)]];

//# encode-nul-and-delete
return [...new TextEncoder().encode("\0\x7f\x80\u07ff\u0800\uffff")];

//# encode-into
const u = new Uint8Array(5);
return [new TextEncoder().encodeInto("aä€", u), [...u], new TextEncoder().encodeInto("😀", new Uint8Array(3)), new TextEncoder().encodeInto("a😀b", new Uint8Array(10))];

//# encode-into-lone-surrogate
const u = new Uint8Array(4); return [new TextEncoder().encodeInto("\ud800x", u), [...u]];

//# encode-into-invalid
return new TextEncoder().encodeInto("a", []);

//# encoder-shape
return [new TextEncoder().encoding, Object.prototype.toString.call(new TextEncoder()), TextEncoder.length];

//# decode
return new TextDecoder().decode(bytes(0x61, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80));

//# decode-nothing
return [new TextDecoder().decode(), new TextDecoder().decode(undefined), new TextDecoder().decode(bytes())];

//# decode-buffer-sources
const u = bytes(0x78, 0x61, 0x62, 0x79);
return [new TextDecoder().decode(u.buffer), new TextDecoder().decode(u.subarray(1, 3)), new TextDecoder().decode(new DataView(u.buffer, 2)), new TextDecoder().decode(new Uint16Array(u.buffer))];

//# decode-invalid-input
return new TextDecoder().decode("x");

//# decode-malformed-lead
return codes(new TextDecoder().decode(bytes(0xff, 0x61, 0xc0, 0x80, 0xc1, 0xbf, 0xf5, 0x80)));

//# decode-malformed-truncated
return codes(new TextDecoder().decode(bytes(0xe2, 0x82, 0x61, 0xf0, 0x9f, 0x98, 0x62, 0xc3)));

//# decode-malformed-overlong
return codes(new TextDecoder().decode(bytes(0xe0, 0x80, 0x80, 0xf0, 0x80, 0x80, 0x80)));

//# decode-malformed-surrogate
return codes(new TextDecoder().decode(bytes(0xed, 0xa0, 0x80, 0xed, 0xbf, 0xbf)));

//# decode-malformed-too-large
return codes(new TextDecoder().decode(bytes(0xf4, 0x90, 0x80, 0x80, 0xf4, 0x8f, 0xbf, 0xbf)));

//# decode-malformed-continuation
return codes(new TextDecoder().decode(bytes(0x80, 0xbf, 0x41)));

//# decode-malformed-end
return [bytes(0xf0), bytes(0xf0, 0x9f), bytes(0xf0, 0x9f, 0x98), bytes(0xe2, 0x82), bytes(0xf0, 0x80), bytes(0xed, 0xa0)].map((b) => codes(new TextDecoder().decode(b)));

//# fatal
return new TextDecoder("utf-8", { fatal: true }).decode(bytes(0x61, 0xff));

//# fatal-truncated
return new TextDecoder("utf-8", { fatal: true }).decode(bytes(0xe2, 0x82));

//# fatal-fine
return new TextDecoder("utf-8", { fatal: true }).decode(bytes(0xe2, 0x82, 0xac));

//# fatal-stream
const d = new TextDecoder("utf-8", { fatal: true }); const one = d.decode(bytes(0xe2, 0x82), { stream: true });
try { d.decode(); } catch (e) { return [one, e.name]; }

//# byte-order-mark
return [codes(new TextDecoder().decode(bytes(0xef, 0xbb, 0xbf, 0x61, 0xef, 0xbb, 0xbf))), codes(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes(0xef, 0xbb, 0xbf, 0x61)))];

//# byte-order-mark-in-stream
const d = new TextDecoder();
return [d.decode(bytes(0xef), { stream: true }), d.decode(bytes(0xbb, 0xbf, 0x61), { stream: true }), codes(d.decode(bytes(0xef, 0xbb, 0xbf))), d.decode(bytes(0xef, 0xbb, 0xbf, 0x62))];

//# stream
const d = new TextDecoder();
return [...bytes(0x61, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80, 0xc3)].map((b) => d.decode(bytes(b), { stream: true })).concat(codes(d.decode()));

//# stream-malformed
const d = new TextDecoder();
return [bytes(0xf0, 0x9f), bytes(0x41), bytes(0xe0), bytes(0x80, 0x41), bytes(0xed), bytes(0xa0)].map((b) => codes(d.decode(b, { stream: true }))).concat([codes(d.decode())]);

//# labels
return ["utf8", "UTF-8", " unicode-1-1-utf-8\n", "utf-16", "UTF-16LE", "ucs-2", "utf-16be"].map((label) => new TextDecoder(label).encoding);

//# latin1-labels
return ["latin1", "ascii", "iso-8859-1", "windows-1252", "us-ascii"].map((label) => new TextDecoder(label).encoding);

//# label-unknown
return new TextDecoder("nope");

//# label-undefined
return new TextDecoder(undefined).encoding;

//# utf-16le
return [new TextDecoder("utf-16le").decode(bytes(0x61, 0, 0xac, 0x20, 0x3d, 0xd8, 0, 0xde)), codes(new TextDecoder("utf-16le").decode(bytes(0x3d, 0xd8, 0x61, 0))), codes(new TextDecoder("utf-16le").decode(bytes(0x61, 0, 0x62)))];

//# utf-16be
return [new TextDecoder("utf-16be").decode(bytes(0, 0x61, 0x20, 0xac, 0xd8, 0x3d, 0xde, 0)), codes(new TextDecoder("utf-16be").decode(bytes(0xde, 0, 0, 0x61)))];

//# utf-16-byte-order-mark
return [codes(new TextDecoder("utf-16le").decode(bytes(0xff, 0xfe, 0x61, 0))), codes(new TextDecoder("utf-16be").decode(bytes(0xfe, 0xff, 0, 0x61))), codes(new TextDecoder("utf-16le", { ignoreBOM: true }).decode(bytes(0xff, 0xfe, 0x61, 0)))];

//# utf-16-stream
const d = new TextDecoder("utf-16le");
return [...bytes(0x61, 0, 0x3d, 0xd8, 0, 0xde, 0x62)].map((b) => d.decode(bytes(b), { stream: true })).concat(codes(d.decode()));

//# utf-16-truncated
return [bytes(0x3d, 0xd8), bytes(0x3d), bytes(0x3d, 0xd8, 0x61)].map((b) => codes(new TextDecoder("utf-16le").decode(b)));

//# utf-16-fatal
return new TextDecoder("utf-16le", { fatal: true }).decode(bytes(0x3d, 0xd8));

//# utf-16-fatal-lone
return new TextDecoder("utf-16le", { fatal: true }).decode(bytes(0, 0xdc, 0x61, 0));

//# windows-1252
//! Node 20 decodes this as ISO-8859-1, a known fault; the Encoding Standard maps 0x80 to the euro sign.
//= {"value": ["41", "20ac", "81", "178", "a0", "ff"]}
return codes(new TextDecoder("windows-1252").decode(bytes(0x41, 0x80, 0x81, 0x9f, 0xa0, 0xff)));

//# decoder-shape
const d = new TextDecoder("utf-8", { fatal: 1 });
return [d.fatal, d.ignoreBOM, Object.prototype.toString.call(d), TextDecoder.length];

//# large-round-trip
const text = "aä€😀".repeat(5000); return new TextDecoder().decode(new TextEncoder().encode(text)) === text;

//# btoa
return ["", "a", "ab", "abc", "abcd", "\0\xff\xfe", "ä"].map((t) => btoa(t));

//# btoa-other-types
return [btoa(1), btoa(null), btoa(undefined), btoa({})];

//# btoa-wide
return btoa("€");

//# btoa-needs-argument
return btoa();

//# atob
return ["", "YQ==", "YWI=", "YWJj", "YQ", "YWI", " Y Q = = \n", "/+8=", "AP/+"].map((t) => codes(atob(t)));

//# atob-non-zero-trailing-bits
return codes(atob("YR=="));

//# atob-bad-character
return atob("a-_b");

//# atob-bad-length
return atob("abcde");

//# atob-bad-padding
return atob("YQ=");

//# atob-padding-inside
return atob("Y=Qa");

//# atob-too-much-padding
return atob("YWJj====");

//# atob-null
return codes(atob(null));

//# atob-needs-argument
return atob();

//# atob-error
try { atob("*"); } catch (e) { return [e.name, e.code, e instanceof DOMException]; }

//# base64-round-trip
const all = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
return [atob(btoa(all)) === all, btoa(all).length];
