// Response (Fetch Standard, section 5.5). There are no streams, and so no `body` property.
(function (host) {
  "use strict";
  const { publish, requireArguments, toByteString, toDictionary } = host.part("web-idl");
  const { Headers } = host.part("headers");
  const { cloneBody, createBody, createLazyBody, extractBody, mixBody } = host.part("body");
  const NULL_BODY = [101, 204, 205, 304];
  const REDIRECT = [301, 302, 303, 307, 308];

  function readInit(init) {
    const { headers, status = 200, statusText = "" } = toDictionary(init);
    const code = Number(status) & 0xffff;
    if (code < 200 || code > 599) throw new RangeError("The status must be between 200 and 599");
    const text = toByteString(statusText);
    if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) throw new TypeError("The status text must not have control characters");
    return { headers: new Headers(headers), status: code, statusText: text };
  }

  function serialize(data) {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The value has no JSON form");
    return { bytes: extractBody(text).bytes, type: "application/json" };
  }

  let stateOf;
  let create;

  class Response {
    #state;

    static {
      stateOf = (response) => response.#state;
      // Makes what the constructor does not allow: errors, redirects, clones.
      create = (state) => {
        const response = new Response();
        Object.assign(response.#state, state);
        return response;
      };
    }

    constructor(body = null, init = undefined) {
      this.#state = { type: "default", url: "", redirected: false, ...readInit(init), body: createBody(null) };
      this.#fill(extractBody(body));
    }

    #fill(extracted) {
      if (!extracted) return;
      if (NULL_BODY.includes(this.#state.status)) throw new TypeError("Invalid response status code for a body");
      this.#state.body = createBody(extracted);
      const { headers } = this.#state;
      if (extracted.type !== null && !headers.has("content-type")) headers.append("content-type", extracted.type);
    }

    static error() { return create({ type: "error", status: 0 }); }

    static json(data, init = undefined) {
      requireArguments(arguments, 1);
      const extracted = serialize(data);
      const response = new Response(null, init);
      response.#fill(extracted);
      return response;
    }

    static redirect(url, status = 302) {
      requireArguments(arguments, 1);
      const target = new (host.part("url").URL)(url).href;
      if (!REDIRECT.includes(Number(status))) throw new RangeError("The status is not one of a redirect");
      return create({ status: Number(status), headers: new Headers({ location: target }) });
    }

    get headers() { return this.#state.headers; }
    get ok() { return this.#state.status >= 200 && this.#state.status <= 299; }
    get redirected() { return this.#state.redirected; }
    get status() { return this.#state.status; }
    get statusText() { return this.#state.statusText; }
    get type() { return this.#state.type; }
    get url() { return this.#state.url; }

    clone() {
      const body = cloneBody(this.#state.body);
      return create({ ...this.#state, body, headers: new Headers(this.#state.headers) });
    }
  }

  mixBody(Response, stateOf);
  // For `fetch`: what the host answered, the body as text where it is one.
  function fromAnswer({ status, statusText, url, redirected, headers, text, base64 }) {
    const { encodeUtf8 } = host.part("utf8");
    const readBytes = () => (text === undefined ? host.part("base64").bytesFromBase64(base64) : encodeUtf8(text));
    const body = createLazyBody(readBytes, text);
    return create({ type: "basic", url, redirected, status, statusText, headers: new Headers(headers), body });
  }

  return { Response: publish(Response), fromAnswer };
})
