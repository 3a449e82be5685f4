// Request (Fetch Standard, section 5.4). There are no streams, and so no `body` property.
(function (host) {
  "use strict";
  const { isObject, publish, requireArguments, toByteString, toDictionary, toUSVString } = host.part("web-idl");
  const { Headers } = host.part("headers");
  const { cloneBody, createBody, extractBody, mixBody, takeBytes } = host.part("body");

  const CHOICES = {
    cache: ["default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"],
    credentials: ["omit", "same-origin", "include"],
    mode: ["navigate", "same-origin", "no-cors", "cors"],
    redirect: ["follow", "error", "manual"],
    referrerPolicy: [
      "", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin",
      "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url",
    ],
  };
  const DEFAULTS = {
    cache: "default", credentials: "same-origin", integrity: "", keepalive: false, mode: "cors", redirect: "follow",
    referrer: "about:client", referrerPolicy: "",
  };

  function readMethod(value) {
    const method = toByteString(value);
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method)) throw new TypeError(`"${method}" is not a valid HTTP method`);
    if (/^(connect|trace|track)$/i.test(method)) throw new TypeError(`The HTTP method "${method}" is not allowed`);
    return /^(delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method;
  }

  function readUrl(input) {
    const url = new (host.part("url").URL)(toUSVString(input));
    if (url.username || url.password) throw new TypeError("A request's URL must not have credentials in it");
    return url.href;
  }

  function readChoice(init, name, before) {
    if (init[name] === undefined) return before;
    const value = `${init[name]}`;
    if (!CHOICES[name].includes(value)) throw new TypeError(`"${value}" is not a valid value of ${name}`);
    return value;
  }

  function readReferrer(init, before) {
    if (init.referrer === undefined) return before;
    const text = toUSVString(init.referrer);
    return text === "" ? "no-referrer" : new (host.part("url").URL)(text).href;
  }

  function readSettings(init, before) {
    const settings = {};
    for (const name of Object.keys(CHOICES)) settings[name] = readChoice(init, name, before[name]);
    if (settings.mode === "navigate" && init.mode !== undefined) throw new TypeError("The mode must not be navigate");
    settings.integrity = init.integrity === undefined ? before.integrity : `${init.integrity}`;
    settings.keepalive = init.keepalive === undefined ? before.keepalive : Boolean(init.keepalive);
    settings.referrer = readReferrer(init, before.referrer);
    return settings;
  }

  // Every request has a signal of its own, which follows the one it was given.
  function followSignal(signal) {
    const { AbortSignal, isSignal } = host.part("abort");
    if (signal === null || signal === undefined) return AbortSignal.any([]);
    if (!isSignal(signal)) throw new TypeError("The signal must be an AbortSignal");
    return AbortSignal.any([signal]);
  }

  // The body of the init wins over the body of the request that is copied, which is used up when it is taken.
  function readBody(init, source, method, headers) {
    const hasOwn = init.body !== null && init.body !== undefined;
    const inherited = source !== null && source.body.bytes !== null;
    if ((hasOwn || inherited) && /^(GET|HEAD)$/.test(method)) {
      throw new TypeError("A request with method GET or HEAD cannot have a body");
    }
    if (hasOwn) {
      const extracted = extractBody(init.body);
      if (extracted.type !== null && !headers.has("content-type")) headers.append("content-type", extracted.type);
      return createBody(extracted);
    }
    return createBody(inherited ? { bytes: takeBytes(source.body) } : null);
  }

  let stateOf;
  let create;

  class Request {
    #state;

    static {
      stateOf = (request) => request.#state;
      create = (state) => {
        const request = new Request(state.url);
        Object.assign(request.#state, state);
        return request;
      };
    }

    constructor(input, init = undefined) {
      requireArguments(arguments, 1);
      const source = isObject(input) && #state in input ? input.#state : null;
      const options = toDictionary(init);
      const url = source ? source.url : readUrl(input);
      const settings = readSettings(options, source ?? DEFAULTS);
      const method = options.method === undefined ? (source?.method ?? "GET") : readMethod(options.method);
      const signal = followSignal(options.signal === undefined ? source?.signal : options.signal);
      const headers = new Headers(options.headers === undefined ? source?.headers : options.headers);
      this.#state = { ...settings, url, method, signal, headers, body: readBody(options, source, method, headers) };
    }

    get cache() { return this.#state.cache; }
    get credentials() { return this.#state.credentials; }
    get destination() { return stateOf(this) && ""; }
    get duplex() { return stateOf(this) && "half"; }
    get headers() { return this.#state.headers; }
    get integrity() { return this.#state.integrity; }
    get keepalive() { return this.#state.keepalive; }
    get method() { return this.#state.method; }
    get mode() { return this.#state.mode; }
    get redirect() { return this.#state.redirect; }
    get referrer() { return this.#state.referrer === "no-referrer" ? "" : this.#state.referrer; }
    get referrerPolicy() { return this.#state.referrerPolicy; }
    get signal() { return this.#state.signal; }
    get url() { return this.#state.url; }

    clone() {
      const body = cloneBody(this.#state.body);
      const { headers, signal } = this.#state;
      return create({ ...this.#state, body, headers: new Headers(headers), signal: followSignal(signal) });
    }
  }

  mixBody(Request, stateOf);
  // For `fetch`: the bytes of the body, which are used up by it; null where there is none.
  function takeBody(request) {
    const { body } = stateOf(request);
    return body.bytes === null ? null : takeBytes(body);
  }

  return { Request: publish(Request), takeBody };
})
