// What Request and Response share: a body, held whole in memory, and the methods that read it (Fetch Standard, 5.3).
(function (host) {
  "use strict";
  const { bytesOf, isObject, toUSVString } = host.part("web-idl");
  const { decodeUtf8, encodeUtf8 } = host.part("utf8");
  const { parseMime, renderMime } = host.part("mime");

  // A part that was never loaded has no instances, but loading one is cheap enough to just ask.
  function readPlatformObject(value) {
    const blob = host.part("blob");
    if (blob.dataOf(value)) return { bytes: blob.dataOf(value), type: value.type || null };
    if (value instanceof host.part("url-search-params").URLSearchParams) {
      return { bytes: encodeUtf8(`${value}`), type: "application/x-www-form-urlencoded;charset=UTF-8" };
    }
    return value instanceof host.part("form-data").FormData ? host.part("multipart").renderMultipart(value) : null;
  }

  // The bytes and the content type of an object; null for one that has no bytes of its own.
  function extractObject(value) {
    const bytes = bytesOf(value);
    return bytes ? { bytes: bytes.slice(), type: null } : readPlatformObject(value);
  }

  // The same for any value, by its kind; null for no body.
  function extractBody(value) {
    if (value === null || value === undefined) return null;
    const extracted = isObject(value) ? extractObject(value) : null;
    if (extracted) return extracted;
    return { bytes: encodeUtf8(toUSVString(value)), type: "text/plain;charset=UTF-8" };
  }

  // State of a body: bytes are null where there is no body, which can be read any number of times.
  function createBody(extracted) {
    return { bytes: extracted ? extracted.bytes : null, used: false };
  }

  // A body that came from elsewhere: its bytes are made when somebody asks for them, which few do with a text.
  function createLazyBody(readBytes, text) {
    let bytes;
    return { get bytes() { return (bytes ??= readBytes()); }, text, used: false };
  }

  function takeBytes(body) {
    if (body.used) throw new TypeError("Body is unusable: Body has already been read");
    if (body.bytes === null) return new Uint8Array(0);
    body.used = true;
    return body.bytes;
  }

  function cloneBody(body) {
    if (body.used) throw new TypeError("The body has already been read, so it cannot be cloned");
    return createLazyBody(() => body.bytes, body.text);
  }

  const decodeText = (bytes) => decodeUtf8(bytes).replace(/^\ufeff/, "");

  function takeText(body) {
    if (body.used || body.text === undefined) return decodeText(takeBytes(body));
    body.used = true;
    return body.text.replace(/^\ufeff/, "");
  }

  function readForm(bytes, mime) {
    if (mime?.essence === "multipart/form-data" && mime.parameters.has("boundary")) {
      return host.part("multipart").parseMultipart(bytes, mime.parameters.get("boundary"));
    }
    if (mime?.essence !== "application/x-www-form-urlencoded") {
      throw new TypeError("The content type is not one of form data");
    }
    const form = new (host.part("form-data").FormData)();
    for (const [name, value] of host.part("url-search-params").parseForm(decodeText(bytes))) form.append(name, value);
    return form;
  }

  // Gives the class its reading methods; `stateOf` returns the body and headers of an instance, or throws.
  function mixBody(Class, stateOf) {
    const methods = {
      get bodyUsed() { return stateOf(this).body.used; },
      async arrayBuffer() { return takeBytes(stateOf(this).body).slice().buffer; },
      async blob() {
        const { body, headers } = stateOf(this);
        const bytes = takeBytes(body);
        const mime = parseMime(headers.get("content-type") ?? "");
        return host.part("blob").fromBytes(bytes, mime ? renderMime(mime) : "");
      },
      async bytes() { return takeBytes(stateOf(this).body).slice(); },
      async formData() {
        const { body, headers } = stateOf(this);
        return readForm(takeBytes(body), parseMime(headers.get("content-type") ?? ""));
      },
      async json() { return JSON.parse(takeText(stateOf(this).body)); },
      async text() { return takeText(stateOf(this).body); },
    };
    Object.defineProperties(Class.prototype, Object.getOwnPropertyDescriptors(methods));
  }

  return { cloneBody, createBody, createLazyBody, extractBody, extractObject, mixBody, takeBytes };
})
