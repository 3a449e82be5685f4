// Domain to ASCII (UTS 46, non-transitional), approximated with the engine's own Unicode tables.
//
// Mapping is NFKC, then lower case a code point at a time, then NFC, and code points that UTS 46 ignores are dropped.
// Not covered, because it needs the UTS 46 table itself: the contextual rules for joiners (CONTEXTJ), most of the Bidi
// rule (only labels that mix directions are refused), code points that are assigned and yet disallowed, and the few
// whose mapping is not their lower-cased NFKC form.
(function () {
  "use strict";
  const BASE = 36;
  const T_MIN = 1;
  const T_MAX = 26;
  const IGNORED = /[\u00ad\u034f\u180b-\u180d\u180f\u200b\u2060\u2064\ufe00-\ufe0f\ufeff\u{e0100}-\u{e01ef}]/gu;
  const DISALLOWED =
    /^\p{M}|[\p{Cn}\p{Co}\p{Cs}\p{Z}\u0080-\u009f\u200e\u200f\u202a-\u202e\u2061-\u206f\ufff9-\uffff]/u;
  const RIGHT_TO_LEFT = "\\u0590-\\u08ff\\ufb1d-\\ufdff\\ufe70-\\ufefc\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}";
  const HAS_RIGHT_TO_LEFT = new RegExp(`[${RIGHT_TO_LEFT}]`, "u");
  const ONE_DIRECTION = new RegExp(`^[${RIGHT_TO_LEFT}](?:[${RIGHT_TO_LEFT}]|\\P{L})*$`, "u");
  const LARGEST = 0x7fffffff;

  function adapt(delta, points, isFirst) {
    let rest = isFirst ? Math.floor(delta / 700) : delta >> 1;
    rest += Math.floor(rest / points);
    let bias = 0;
    for (; rest > 455; bias += BASE) rest = Math.floor(rest / (BASE - T_MIN));
    return bias + Math.floor((36 * rest) / (rest + 38));
  }

  const threshold = (position, bias) => Math.min(Math.max(position - bias, T_MIN), T_MAX);

  function encodeInteger(value, bias) {
    let digits = "";
    let rest = value;
    for (let position = BASE; ; position += BASE) {
      const limit = threshold(position, bias);
      if (rest < limit) return digits + digitOf(rest);
      digits += digitOf(limit + ((rest - limit) % (BASE - limit)));
      rest = Math.floor((rest - limit) / (BASE - limit));
    }
  }

  const digitOf = (value) => String.fromCharCode(value < 26 ? 97 + value : 22 + value);

  function valueOf(digit) {
    if (/[a-z]/.test(digit)) return digit.charCodeAt(0) - 97;
    return /[0-9]/.test(digit) ? digit.charCodeAt(0) - 22 : -1;
  }

  // RFC 3492, section 6.3; the label is lower case already.
  function encodePunycode(label) {
    const codes = Array.from(label, (character) => character.codePointAt(0));
    const basic = codes.filter((code) => code < 0x80);
    let output = String.fromCharCode(...basic) + (basic.length ? "-" : "");
    let [done, delta, bias, last] = [basic.length, 0, 72, 0x80];
    while (done < codes.length) {
      const next = codes.reduce((least, code) => (code >= last && code < least ? code : least), Infinity);
      delta += (next - last) * (done + 1);
      for (const code of codes) {
        if (code < next) delta++;
        if (code !== next) continue;
        output += encodeInteger(delta, bias);
        bias = adapt(delta, done + 1, done === basic.length);
        delta = 0;
        done++;
      }
      delta++;
      last = next + 1;
    }
    return output;
  }

  // RFC 3492, section 6.2; null when the text is not Punycode.
  function decodePunycode(text) {
    const border = text.lastIndexOf("-");
    const codes = Array.from(text.slice(0, Math.max(border, 0)), (character) => character.charCodeAt(0));
    let [index, code, bias, at] = [0, 0x80, 72, border + 1];
    while (at < text.length) {
      const before = index;
      let weight = 1;
      for (let position = BASE; ; position += BASE) {
        const digit = at < text.length ? valueOf(text[at++]) : -1;
        if (digit < 0) return null;
        index += digit * weight;
        if (index > LARGEST) return null;
        const limit = threshold(position, bias);
        if (digit < limit) break;
        weight *= BASE - limit;
      }
      bias = adapt(index - before, codes.length + 1, before === 0);
      code += Math.floor(index / (codes.length + 1));
      if (code > 0x10ffff) return null;
      index %= codes.length + 1;
      codes.splice(index++, 0, code);
    }
    return String.fromCodePoint(...codes);
  }

  function mapDomain(domain) {
    const folded = Array.from(domain.replace(IGNORED, "").normalize("NFKC"), (character) => character.toLowerCase());
    return folded.join("").replace(/\u3002/g, ".").normalize("NFC").replace(IGNORED, "");
  }

  function isAllowed(label) {
    return !DISALLOWED.test(label) && (!HAS_RIGHT_TO_LEFT.test(label) || ONE_DIRECTION.test(label));
  }

  function isValidEncoded(label) {
    const decoded = decodePunycode(label.slice(4));
    return decoded !== null && /[^\0-\x7f]/.test(decoded) && mapDomain(decoded) === decoded && isAllowed(decoded);
  }

  function labelToAscii(label) {
    if (label.startsWith("xn--")) return isValidEncoded(label) ? label : null;
    if (/^[\0-\x7f]*$/.test(label)) return label;
    return isAllowed(label) ? `xn--${encodePunycode(label)}` : null;
  }

  // Null when the domain is not valid.
  function domainToAscii(domain) {
    const labels = mapDomain(domain).split(".").map(labelToAscii);
    return labels.includes(null) ? null : labels.join(".");
  }

  return { domainToAscii };
})
