// multipart/form-data (RFC 7578, and HTML's encoding of names): writing and reading of FormData.
(function (host) {
  "use strict";
  const { File, dataOf, joinBytes } = host.part("blob");
  const { FormData, entriesOf } = host.part("form-data");
  const { binaryFromBytes, bytesFromBinary, decodeUtf8, encodeUtf8 } = host.part("utf8");
  const { random } = Math;

  const normalizeBreaks = (text) => text.replace(/\r\n?|\n/g, "\r\n");
  const quoteName = (text) => text.replace(/\n/g, "%0A").replace(/\r/g, "%0D").replace(/"/g, "%22");
  const unquoteName = (text) => text.replace(/%0A/gi, "\n").replace(/%0D/gi, "\r").replace(/%22/g, "\"");

  function makeBoundary() {
    const digits = Array.from({ length: 16 }, () => Math.floor(random() * 10)).join("");
    return `----formdata-${digits}`;
  }

  function entryBytes([name, value], boundary) {
    const start = `--${boundary}\r\nContent-Disposition: form-data; name="${quoteName(normalizeBreaks(name))}"`;
    if (typeof value === "string") return [encodeUtf8(`${start}\r\n\r\n${normalizeBreaks(value)}\r\n`)];
    const type = value.type || "application/octet-stream";
    const head = `${start}; filename="${quoteName(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`;
    return [encodeUtf8(head), dataOf(value), encodeUtf8("\r\n")];
  }

  // The body and the content type that names its boundary.
  function renderMultipart(form) {
    const boundary = makeBoundary();
    const chunks = entriesOf(form).flatMap((entry) => entryBytes(entry, boundary));
    const bytes = joinBytes([...chunks, encodeUtf8(`--${boundary}--\r\n`)]);
    return { bytes, type: `multipart/form-data; boundary=${boundary}` };
  }

  const binaryToText = (binary) => decodeUtf8(bytesFromBinary(binary));

  function readParameters(line) {
    const pattern = /[ \t]*;[ \t]*([a-z*]+)=(?:"([^"]*)"|([^;]*))/iy;
    const parameters = {};
    for (let found = pattern.exec(line); found; found = pattern.exec(line)) {
      parameters[found[1].toLowerCase()] = found[2] ?? found[3].trim();
    }
    return parameters;
  }

  function parseDisposition(headers) {
    const line = /^content-disposition:[ \t]*form-data(.*)$/im.exec(headers)?.[1];
    const type = /^content-type:(.*)$/im.exec(headers)?.[1].trim();
    return { ...(line && readParameters(line)), type };
  }

  function appendPart(form, part) {
    const border = part.indexOf("\r\n\r\n");
    const { name, filename, type } = border < 0 ? {} : parseDisposition(part.slice(0, border).replace(/\r\n/g, "\n"));
    if (name === undefined) throw new TypeError("A part of the form data has no name");
    const data = bytesFromBinary(part.slice(border + 4));
    const decodedName = unquoteName(binaryToText(name));
    if (filename === undefined) {
      form.append(decodedName, decodeUtf8(data).replace(/^\ufeff/, ""));
      return;
    }
    const fileName = unquoteName(binaryToText(filename));
    form.append(decodedName, new File([data], fileName, { type: type ?? "text/plain" }));
  }

  // Throws a TypeError when the bytes are not a form with this boundary.
  function parseMultipart(bytes, boundary) {
    const form = new FormData();
    const sections = `\r\n${binaryFromBytes(bytes)}`.split(`\r\n--${boundary}`);
    const end = sections.findIndex((section, index) => index > 0 && section.startsWith("--"));
    if (end < 0) throw new TypeError("The form data has no closing boundary");
    for (const section of sections.slice(1, end)) {
      if (!section.startsWith("\r\n")) throw new TypeError("The form data has a malformed boundary");
      appendPart(form, section.slice(2));
    }
    return form;
  }

  return { parseMultipart, renderMultipart };
})
