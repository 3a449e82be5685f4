// The URL class (URL Standard, section 5).
(function (host) {
  "use strict";
  const { publish, requireArguments, toUSVString } = host.part("web-idl");
  const record = host.part("url-record");
  const { ENCODE_SETS, percentEncode } = host.part("percent");
  const { bind } = host.part("url-search-params");

  const textAfter = (sign, value) => (value.startsWith(sign) ? value.slice(1) : value);
  const hasCredentials = (url) => url.username !== "" || url.password !== "";
  const cannotHavePort = (url) => url.host === null || url.host === "" || url.scheme === "file";

  function parseOrNull(url, base) {
    const parsedBase = base === undefined ? null : record.parseUrl(toUSVString(base), null);
    if (base !== undefined && !parsedBase) return null;
    return record.parseUrl(toUSVString(url), parsedBase);
  }

  function invalidUrl(input) {
    return Object.assign(new TypeError("Invalid URL"), { code: "ERR_INVALID_URL", input: `${input}` });
  }

  function setScheme(url, value) {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(`${record.withoutBreaks(value)}:`)?.[1].toLowerCase();
    if (!scheme || record.isSpecial({ scheme }) !== record.isSpecial(url)) return;
    if (scheme === "file" && (hasCredentials(url) || url.port !== null)) return;
    if (url.scheme === "file" && url.host === "") return;
    url.scheme = scheme;
    if (url.port === record.DEFAULT_PORTS[scheme]) url.port = null;
  }

  // Reads digits up to the first other character, as the standard does for setters only.
  function setPortPrefix(url, text) {
    const digits = /^[0-9]+/.exec(text)?.[0];
    if (digits) record.setPort(url, digits);
  }

  function setAddress(url, value, mayHavePort) {
    if (record.isOpaque(url)) return;
    const text = record.withoutBreaks(value).split(record.isSpecial(url) ? /[/\\?#]/ : /[/?#]/, 1)[0];
    if (url.scheme === "file") {
      record.setFileHost(url, text);
      return;
    }
    const colon = record.portColon(text);
    if (colon === 0 || (colon > 0 && !mayHavePort)) return;
    if (text === "" && (hasCredentials(url) || url.port !== null)) return;
    if (record.setHost(url, colon < 0 ? text : text.slice(0, colon)) && colon > 0) {
      setPortPrefix(url, text.slice(colon + 1));
    }
  }

  function setPath(url, value) {
    if (record.isOpaque(url)) return;
    url.path = [];
    record.startPath(url, record.withoutBreaks(value));
    if (url.path.length === 0 && url.host === null) url.path.push("");
  }

  function originOf(url) {
    if (url.scheme === "blob") {
      const inner = record.parseUrl(record.renderPath(url), null);
      return inner && /^https?$/.test(inner.scheme) ? originOf(inner) : "null";
    }
    if (!record.isSpecial(url) || url.scheme === "file") return "null";
    return `${url.scheme}://${record.renderHost(url)}`;
  }

  class URL {
    #url;
    #search = null;

    constructor(url, base = undefined) {
      requireArguments(arguments, 1);
      this.#url = parseOrNull(url, base);
      if (!this.#url) throw invalidUrl(url);
    }

    static canParse(url, base = undefined) {
      requireArguments(arguments, 1);
      return parseOrNull(url, base) !== null;
    }

    static parse(url, base = undefined) {
      requireArguments(arguments, 1);
      return URL.canParse(url, base) ? new URL(url, base) : null;
    }

    get href() { return record.renderUrl(this.#url); }
    set href(value) {
      const parsed = record.parseUrl(toUSVString(value), null);
      if (!parsed) throw invalidUrl(value);
      this.#url = parsed;
      this.#search?.replace(parsed.query);
    }

    get origin() { return originOf(this.#url); }

    get protocol() { return `${this.#url.scheme}:`; }
    set protocol(value) { setScheme(this.#url, toUSVString(value)); }

    get username() { return this.#url.username; }
    set username(value) {
      const text = toUSVString(value);
      if (!cannotHavePort(this.#url)) this.#url.username = percentEncode(text, ENCODE_SETS.userinfo);
    }

    get password() { return this.#url.password; }
    set password(value) {
      const text = toUSVString(value);
      if (!cannotHavePort(this.#url)) this.#url.password = percentEncode(text, ENCODE_SETS.userinfo);
    }

    get host() { return record.renderHost(this.#url); }
    set host(value) { setAddress(this.#url, toUSVString(value), true); }

    get hostname() { return this.#url.host ?? ""; }
    set hostname(value) { setAddress(this.#url, toUSVString(value), false); }

    get port() { return this.#url.port === null ? "" : `${this.#url.port}`; }
    set port(value) {
      const text = toUSVString(value);
      if (cannotHavePort(this.#url)) return;
      if (text === "") this.#url.port = null;
      else setPortPrefix(this.#url, record.withoutBreaks(text));
    }

    get pathname() { return record.renderPath(this.#url); }
    set pathname(value) { setPath(this.#url, toUSVString(value)); }

    get search() { return this.#url.query ? `?${this.#url.query}` : ""; }
    set search(value) {
      const text = toUSVString(value);
      if (text === "") this.#url.query = null;
      else record.setQuery(this.#url, record.withoutBreaks(textAfter("?", text)));
      this.#search?.replace(this.#url.query);
    }

    get searchParams() {
      this.#search ??= bind(this.#url.query, (query) => { this.#url.query = query === "" ? null : query; });
      return this.#search.params;
    }

    get hash() { return this.#url.fragment ? `#${this.#url.fragment}` : ""; }
    set hash(value) {
      const text = toUSVString(value);
      if (text === "") this.#url.fragment = null;
      else record.setFragment(this.#url, record.withoutBreaks(textAfter("#", text)));
    }

    toString() { return this.href; }
    toJSON() { return this.href; }
  }

  return { URL: publish(URL) };
})
