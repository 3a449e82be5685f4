// URLSearchParams (URL Standard, section 6) and its application/x-www-form-urlencoded form.
(function (host) {
  "use strict";
  const {
    isObject, makeIterable, publish, replacePairs, requireArguments, toPairs, toUSVString,
  } = host.part("web-idl");
  const { ENCODE_SETS, percentDecode, percentEncode } = host.part("percent");

  const encodeField = (text) => percentEncode(text, ENCODE_SETS.form).replace(/%20/g, "+");
  const decodeField = (text) => percentDecode(text.replace(/\+/g, " "));

  function parseForm(text) {
    return text.split("&").filter((field) => field !== "").map((field) => {
      const at = field.indexOf("=");
      return at < 0 ? [decodeField(field), ""] : [decodeField(field.slice(0, at)), decodeField(field.slice(at + 1))];
    });
  }

  const renderForm = (pairs) => pairs.map(([name, value]) => `${encodeField(name)}=${encodeField(value)}`).join("&");

  const matcher = (name, value) => {
    const wanted = toUSVString(name);
    if (value === undefined) return (pair) => pair[0] === wanted;
    const exact = toUSVString(value);
    return (pair) => pair[0] === wanted && pair[1] === exact;
  };

  let pairsOf;
  let bind;

  class URLSearchParams {
    #pairs = [];
    #changed = null;

    static {
      pairsOf = (params) => params.#pairs;
      // Makes the params of a URL, and a function that replaces them when the URL changes.
      bind = (query, changed) => {
        const params = new URLSearchParams();
        const replace = (text) => { params.#pairs = parseForm(text ?? ""); };
        replace(query);
        params.#changed = () => changed(renderForm(params.#pairs));
        return { params, replace };
      };
    }

    constructor(init = "") {
      if (isObject(init)) this.#pairs = toPairs(init, toUSVString);
      else if (init !== null) this.#pairs = parseForm(toUSVString(init).replace(/^\?/, ""));
    }

    get size() { return this.#pairs.length; }

    append(name, value) {
      this.#pairs;
      requireArguments(arguments, 2);
      this.#pairs.push([toUSVString(name), toUSVString(value)]);
      this.#changed?.();
    }

    delete(name, value = undefined) {
      this.#pairs;
      requireArguments(arguments, 1);
      const matches = matcher(name, value);
      this.#pairs = this.#pairs.filter((pair) => !matches(pair));
      this.#changed?.();
    }

    get(name) {
      this.#pairs;
      requireArguments(arguments, 1);
      return this.#pairs.find(matcher(name))?.[1] ?? null;
    }

    getAll(name) {
      this.#pairs;
      requireArguments(arguments, 1);
      return this.#pairs.filter(matcher(name)).map((pair) => pair[1]);
    }

    has(name, value = undefined) {
      this.#pairs;
      requireArguments(arguments, 1);
      return this.#pairs.some(matcher(name, value));
    }

    set(name, value) {
      this.#pairs;
      requireArguments(arguments, 2);
      this.#pairs = replacePairs(this.#pairs, [toUSVString(name), toUSVString(value)]);
      this.#changed?.();
    }

    sort() {
      this.#pairs.sort(([first], [second]) => (first < second ? -1 : first > second ? 1 : 0));
      this.#changed?.();
    }

    toString() { return renderForm(this.#pairs); }
  }

  makeIterable(URLSearchParams, pairsOf);
  return { URLSearchParams: publish(URLSearchParams), bind, pairsOf, parseForm, renderForm };
})
