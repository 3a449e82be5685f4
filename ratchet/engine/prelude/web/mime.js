// Parsing and writing of MIME types (MIME Sniffing Standard, section 4).
(function (host) {
  "use strict";
  const { trimEnds } = host.part("web-idl");
  const SPACE = "\t\n\r ";
  const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
  const ESSENCE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\/([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[\t\n\r ]*(?=;|$)/;
  const PARAMETER = /;[\t\n\r ]*([^;=]*)(?:=(?:"((?:[^"\\]|\\[^])*)"?[^;]*|([^;]*)))?/y;

  function readParameters(text, start) {
    const parameters = new Map();
    PARAMETER.lastIndex = start;
    for (let found = PARAMETER.exec(text); found; found = PARAMETER.exec(text)) {
      const [, name, quoted, plain] = found;
      // White space in front belongs to the value; the sign keeps it from being trimmed.
      const value = quoted === undefined ? plain && trimEnds(`=${plain}`, SPACE).slice(1) : quoted.replace(/\\([^])/g, "$1");
      const key = name.toLowerCase();
      const isValid = TOKEN.test(key) && value !== undefined && (value !== "" || quoted !== undefined);
      if (isValid && !/[^\t\x20-\x7e\x80-\xff]/.test(value) && !parameters.has(key)) parameters.set(key, value);
    }
    return parameters;
  }

  // Null when the text is not a MIME type.
  function parseMime(text) {
    const trimmed = trimEnds(text, SPACE);
    const found = ESSENCE.exec(trimmed);
    if (!found) return null;
    const essence = `${found[1]}/${found[2]}`.toLowerCase();
    return { essence, parameters: readParameters(trimmed, found[0].length) };
  }

  function renderMime({ essence, parameters }) {
    const quote = (value) => (TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, "\\$&")}"`);
    return essence + Array.from(parameters, ([name, value]) => `;${name}=${quote(value)}`).join("");
  }

  return { parseMime, renderMime };
})
