// `fetch`, for two ways of writing. What it returns is a handle: reading a property of the response waits for the
// answer and throws what a bad status means; awaiting it gives a `Response` of the Fetch Standard, which does not.
(function (host) {
  "use strict";
  const { defineProperty, then, stringify, create, isArray, getPrototypeOf, setAdd, setDelete } = host.primordials;
  const isObject = (value) => (typeof value === "object" && value !== null) || typeof value === "function";
  const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
  const JSON_TYPE = "application/json";
  const FORM_TYPE = "application/x-www-form-urlencoded;charset=UTF-8";
  const ERRORS = { __proto__: null, 401: "AuthenticationError", 403: "AuthorizationError", 429: "RateLimitError" };
  // Handles that nobody has read or awaited.
  const unread = new Set();

  function readMethod(value) {
    const method = `${value ?? "GET"}`.toUpperCase();
    if (!METHODS.includes(method)) throw new TypeError(`The HTTP method "${value}" is none of ${METHODS.join(", ")}`);
    return method;
  }
  function readHeaders(value) {
    if (value === undefined || value === null) return [];
    if (!isObject(value)) throw new TypeError("The headers must be an object, a sequence of pairs or Headers");
    const pairs = typeof value[Symbol.iterator] === "function" ? [...value] : Object.entries(value);
    return pairs.map(([name, content]) => [`${name}`, `${content}`]);
  }
  const has = (headers, wanted) => headers.some(([name]) => name.toLowerCase() === wanted);
  const isPlain = (value) => isArray(value) || [null, Object.prototype].includes(getPrototypeOf(value));

  // What goes on the wire, and the content type that follows from the kind of value.
  function readBody(value) {
    if (value === undefined || value === null) return null;
    if (!isObject(value)) return { text: `${value}`, type: "text/plain;charset=UTF-8" };
    if (isPlain(value)) return { text: stringify(value), type: JSON_TYPE };
    if (value instanceof host.part("url-search-params").URLSearchParams) return { text: `${value}`, type: FORM_TYPE };
    const extracted = host.part("body").extractObject(value);
    if (extracted === null) return { text: stringify(value), type: JSON_TYPE };
    return { base64: host.part("base64").base64FromBytes(extracted.bytes), type: extracted.type };
  }
  function readRequest(input, init, third) {
    if (isObject(input) && input instanceof host.part("request").Request) {
      const request = new (host.part("request").Request)(input, init);
      const body = third ?? host.part("request").takeBody(request);
      return { ...request, url: request.url, method: request.method, headers: request.headers, body, signal: request.signal, redirect: request.redirect };
    }
    if (init !== undefined && init !== null && !isObject(init)) throw new TypeError("The options of fetch must be an object");
    const { method, headers, body, signal, redirect } = init ?? {};
    return { url: `${input}`, method, headers, body: third ?? body, signal, redirect };
  }
  function makePayload(request) {
    const method = readMethod(request.method);
    const headers = readHeaders(request.headers);
    const body = readBody(request.body);
    if (body !== null && (method === "GET" || method === "HEAD"))
      throw new TypeError("A request with method GET or HEAD cannot have a body");
    if (body !== null && body.type !== null && !has(headers, "content-type")) headers.push(["content-type", body.type]);
    const redirect = `${request.redirect ?? "follow"}`;
    if (!["follow", "error", "manual"].includes(redirect)) throw new TypeError(`"${redirect}" is not a valid value of redirect`);
    return { url: request.url, method, headers, body: body && { text: body.text, base64: body.base64 }, redirect };
  }

  function errorOfStatus(status, statusText) {
    const errors = host.part("errors");
    const message = `HTTP ${status}: ${statusText}`;
    if (status in ERRORS) return new errors[ERRORS[status]](message);
    if (status >= 500) return new errors.ServiceUnavailableError(message, { status });
    return status >= 400 ? new errors.HttpError(status, message) : null;
  }
  // The body as the original gave it: parsed JSON, else text.
  function readText(text) {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }
  const LOOK_UP = {
    get(name) { return this[`${name}`.toLowerCase()] ?? null; },
    has(name) { return `${name}`.toLowerCase() in this; },
  };
  const headerMethods = create(null);
  for (const name of ["get", "has"]) defineProperty(headerMethods, name, { value: LOOK_UP[name] });
  function combineHeaders(pairs) {
    const combined = create(headerMethods);
    for (const [name, value] of pairs) {
      const before = Object.hasOwn(combined, name) ? `${combined[name]}, ` : "";
      defineProperty(combined, name, { value: before + value, enumerable: true, writable: true, configurable: true });
    }
    return combined;
  }
  // What a response looks like where it is returned or printed as JSON.
  function toPlain({ status, statusText, headers, text, legacy }) {
    const body = readText(text ?? legacy);
    return { ok: status >= 200 && status <= 299, status, statusText, headers: combineHeaders(headers), body };
  }
  function makeResponse(answer) {
    const response = host.part("response").fromAnswer(answer);
    // A task that returns what it fetched means its content.
    defineProperty(response, "toJSON", { value: () => toPlain(answer), configurable: true, writable: true });
    return response;
  }

  class Handle {
    #id;
    #stack = new Error().stack;
    // `value`, `error`, or `reason` where a signal said so; null until then.
    #outcome = null;
    #watchers = [];
    #promise = null;
    #plain = null;

    constructor(payload, signal) {
      if (signal !== undefined && signal !== null) this.#follow(signal);
      setAdd(unread, this);
      if (this.#outcome === null) this.#id = host.post("fetch", payload, (answer) => this.#settle(answer));
    }

    #follow(signal) {
      if (!host.part("abort").isSignal(signal)) throw new TypeError("The signal must be an AbortSignal");
      const abort = () => {
        if (this.#outcome !== null) return;
        if (this.#id !== undefined) host.abandon(this.#id);
        this.#settle({ reason: signal.reason });
      };
      if (signal.aborted) abort();
      else signal.addEventListener("abort", abort, { once: true });
    }
    #settle(outcome) {
      if (this.#outcome !== null) return;
      this.#outcome = outcome;
      for (const watcher of this.#watchers) watcher();
    }
    // Waits, and throws what a request that failed threw.
    #read() {
      setDelete(unread, this);
      if (this.#outcome === null) host.answerNow(this.#id);
      const { value, error } = this.#outcome;
      if (error !== undefined) throw host.makeError(error);
      if (value === undefined) throw this.#outcome.reason;
      const refusal = errorOfStatus(value.status, value.statusText);
      if (refusal !== null) throw refusal;
      return (this.#plain ??= toPlain(value));
    }
    #respond() {
      setDelete(unread, this);
      return (this.#promise ??= new host.Promise((resolve, reject) => {
        const settle = () => {
          const { value, error, reason } = this.#outcome;
          if (value !== undefined) resolve(makeResponse(value));
          else reject(error === undefined ? reason : host.makeError(error, this.#stack));
        };
        if (this.#outcome === null) this.#watchers.push(settle);
        else settle();
      }));
    }

    get body() { return this.#read().body; }
    get headers() { return this.#read().headers; }
    get ok() { return this.#read().ok; }
    get redirected() { return this.#read() && this.#outcome.value.redirected; }
    get status() { return this.#read().status; }
    get statusText() { return this.#read().statusText; }
    get type() { return this.#read() && "basic"; }
    get url() { return this.#read() && this.#outcome.value.url; }
    toJSON() { return this.#read(); }

    then(fulfilled, rejected) { return then(this.#respond(), fulfilled, rejected); }
    catch(rejected) { return this.then(undefined, rejected); }
    finally(callback) { return this.#respond().finally(callback); }
  }
  for (const name of ["arrayBuffer", "blob", "bytes", "clone", "formData", "json", "text"])
    defineProperty(Handle.prototype, name, {
      value: { async [name]() { return (await this)[name](); } }[name], writable: true, configurable: true,
    });
  defineProperty(Handle.prototype, Symbol.toStringTag, { value: "Response", configurable: true });

  // A request that nobody looked at has still been made, and what went wrong with it is the task's failure.
  host.settle = (value) => {
    for (const handle of [...unread]) handle.toJSON();
    return value;
  };
  host.isHandle = (value) => value instanceof Handle;

  function fetch(input, init = undefined, body = undefined) {
    if (arguments.length === 0) throw new TypeError("fetch needs a URL");
    const request = readRequest(input, init, body);
    return new Handle(makePayload(request), request.signal);
  }
  return { fetch };
})
