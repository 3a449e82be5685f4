// The host parser and the IP address parsers of the URL Standard, section 3. All give text, or null for a failure.
(function (host) {
  "use strict";
  const { ENCODE_SETS, percentDecode, percentEncode } = host.part("percent");
  const FORBIDDEN_HOST = /[\0\t\n\r #/:<>?@[\\\]^|]/;
  const FORBIDDEN_DOMAIN = /[\0-\x20#%/:<>?@[\\\]^|\x7f]/;
  const PLAIN_DOMAIN = /^[\0-\x7f]*$/;

  // NaN when it is not a number in decimal, octal (0…) or hexadecimal (0x…).
  function parseIpv4Number(text) {
    if (/^0x[0-9a-f]*$/i.test(text)) return text.length === 2 ? 0 : parseInt(text, 16);
    if (/^0[0-7]+$/.test(text)) return parseInt(text, 8);
    return /^(0|[1-9][0-9]*)$/.test(text) ? Number(text) : NaN;
  }

  function withoutTrailingEmpty(parts) {
    return parts.length > 1 && parts.at(-1) === "" ? parts.slice(0, -1) : parts;
  }

  function endsInNumber(domain) {
    const last = withoutTrailingEmpty(domain.split(".")).at(-1);
    return /^[0-9]+$/.test(last) || !Number.isNaN(parseIpv4Number(last));
  }

  function parseIpv4(text) {
    const numbers = withoutTrailingEmpty(text.split(".")).map(parseIpv4Number);
    const last = numbers.pop();
    if (numbers.length > 3 || numbers.some((number) => !(number <= 255)) || !(last < 256 ** (4 - numbers.length))) {
      return null;
    }
    const address = numbers.reduce((sum, number, index) => sum + number * 256 ** (3 - index), last);
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
  }

  // An IPv4 address at the end of an IPv6 one is strict: four decimal numbers without leading zeros.
  function parseEmbeddedIpv4(text) {
    const numbers = text.split(".");
    if (numbers.length !== 4 || numbers.some((n) => !/^(0|[1-9][0-9]{0,2})$/.test(n) || n > 255)) return null;
    const [a, b, c, d] = numbers.map(Number);
    return [a * 256 + b, c * 256 + d];
  }

  function parsePieces(text, mayEmbed) {
    if (text === "") return [];
    const words = text.split(":");
    const pieces = [];
    for (const [index, word] of words.entries()) {
      const isEmbedded = mayEmbed && index === words.length - 1 && word.includes(".");
      const found = isEmbedded ? parseEmbeddedIpv4(word) : /^[0-9a-f]{1,4}$/i.test(word) ? [parseInt(word, 16)] : null;
      if (!found) return null;
      pieces.push(...found);
    }
    return pieces;
  }

  function parseIpv6(text) {
    const halves = text.split("::");
    if (halves.length > 2) return null;
    const [head, tail] = halves.map((half, index) => parsePieces(half, index === halves.length - 1));
    if (!head || tail === null) return null;
    if (!tail) return head.length === 8 ? head : null;
    const missing = 8 - head.length - tail.length;
    return missing < 1 ? null : [...head, ...new Array(missing).fill(0), ...tail];
  }

  // Compresses the first of the longest runs of two or more zeros (RFC 5952).
  function renderIpv6(pieces) {
    const text = pieces.map((piece) => piece.toString(16)).join(":");
    const runs = text.match(/\b0(:0)+\b/g);
    if (!runs) return `[${text}]`;
    const longest = runs.reduce((best, run) => (run.length > best.length ? run : best));
    const at = text.search(new RegExp(`\\b${longest}\\b`));
    return `[${text.slice(0, at).replace(/:$/, "")}::${text.slice(at + longest.length).replace(/^:/, "")}]`;
  }

  function parseDomain(input) {
    const domain = percentDecode(input);
    const isPlain = PLAIN_DOMAIN.test(domain) && !/xn--/i.test(domain);
    // The tables for international names are loaded only for those who need them.
    const ascii = isPlain ? domain.toLowerCase() : host.part("idna").domainToAscii(domain);
    if (!ascii || FORBIDDEN_DOMAIN.test(ascii)) return null;
    return endsInNumber(ascii) ? parseIpv4(ascii) : ascii;
  }

  function parseHost(input, isSpecial) {
    if (input.startsWith("[")) {
      const pieces = input.endsWith("]") ? parseIpv6(input.slice(1, -1)) : null;
      return pieces && renderIpv6(pieces);
    }
    if (isSpecial) return parseDomain(input);
    return FORBIDDEN_HOST.test(input) ? null : percentEncode(input, ENCODE_SETS.control);
  }

  return { parseHost };
})
