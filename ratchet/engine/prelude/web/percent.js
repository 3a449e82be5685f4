// Percent-encoding (URL Standard, section 1.3). Every set holds the C0 controls and everything above U+007E.
(function (host) {
  "use strict";
  const { bytesFromBinary, decodeUtf8, encodeUtf8, binaryFromBytes } = host.part("utf8");

  const characters = (ascii) => new RegExp(`[\\x80-\\u{10ffff}]+|[\\0-\\x1f\\x7f${ascii}]`, "gu");
  const QUERY = " \"#<>";
  const PATH = `${QUERY}?\`{}^`;
  const USERINFO = `${PATH.slice(0, -1)}\\/:;=@\\[\\\\\\]\\^\\|`;
  const ENCODE_SETS = {
    control: characters(""),
    fragment: characters(" \"<>`"),
    query: characters(QUERY),
    specialQuery: characters(`${QUERY}'`),
    path: characters(PATH),
    userinfo: characters(USERINFO),
    form: characters(`${USERINFO}$%&+,!'()~`),
  };

  // Takes one ASCII character, or a run of others.
  function encodeRun(run) {
    if (run > "\x7f") return encodeURIComponent(run);
    return `%${run.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  }

  const percentEncode = (text, set) => text.replace(set, encodeRun);

  function decodeMalformed(text) {
    const binary = binaryFromBytes(encodeUtf8(text));
    const decoded = binary.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
    return decodeUtf8(bytesFromBinary(decoded));
  }

  // Percent-decodes and reads the bytes as UTF-8; what is malformed stays or becomes U+FFFD.
  function percentDecode(text) {
    if (!text.includes("%")) return text;
    try {
      return decodeURIComponent(text);
    } catch {
      return decodeMalformed(text);
    }
  }

  return { ENCODE_SETS, percentDecode, percentEncode };
})
