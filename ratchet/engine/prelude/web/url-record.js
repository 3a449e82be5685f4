// URL records and their parser (URL Standard, section 4).
//
// The standard's state machine is written as ordinary functions over substrings. That gives the same results because
// the first `#` and the first `?` end whatever state the machine is in, so both can be cut off before anything else.
(function (host) {
  "use strict";
  const { ENCODE_SETS, percentEncode } = host.part("percent");
  const { trimEnds } = host.part("web-idl");
  const { parseHost } = host.part("url-host");
  const DEFAULT_PORTS = { __proto__: null, file: null, ftp: 21, http: 80, https: 443, ws: 80, wss: 443 };
  const CONTROLS = String.fromCharCode(...Array(33).keys());
  const DRIVE = /^[a-z][:|]$/i;
  const NORMAL_DRIVE = /^[a-z]:$/i;
  const STARTS_WITH_DRIVE = /^[a-z][:|](?:[/\\]|$)/i;

  const isSpecial = (url) => url.scheme in DEFAULT_PORTS;
  const isOpaque = (url) => typeof url.path === "string";
  const slashesOf = (url) => (isSpecial(url) ? /[/\\]/ : /\//);

  function emptyRecord(scheme) {
    return { scheme, username: "", password: "", host: null, port: null, path: [], query: null, fragment: null };
  }

  function copyAuthority(url, base) {
    const { username, password, host: name, port } = base;
    Object.assign(url, { username, password, host: name, port });
  }

  // The text before the separator and the text after it, null when it is not there.
  function cut(text, separator) {
    const at = text.indexOf(separator);
    return at < 0 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
  }

  function shortenPath(url) {
    if (url.scheme === "file" && url.path.length === 1 && NORMAL_DRIVE.test(url.path[0])) return;
    url.path.pop();
  }

  // Adds the segments of a text that starts after its leading slash.
  function addSegments(url, text) {
    const segments = text.split(isSpecial(url) ? /[/\\]/ : "/");
    segments.forEach((raw, index) => {
      const isLast = index === segments.length - 1;
      const isDouble = /^(\.|%2e){2}$/i.test(raw);
      if (isDouble) shortenPath(url);
      if (isDouble || /^(\.|%2e)$/i.test(raw)) {
        if (isLast) url.path.push("");
        return;
      }
      const isDrive = url.scheme === "file" && url.path.length === 0 && DRIVE.test(raw);
      url.path.push(isDrive ? `${raw[0]}:` : percentEncode(raw, ENCODE_SETS.path));
    });
  }

  // The standard's "path start state".
  function startPath(url, text) {
    const hasSlash = text.search(slashesOf(url)) === 0;
    if (isSpecial(url) || text !== "") addSegments(url, hasSlash ? text.slice(1) : text);
  }

  function setCredentials(url, text) {
    const [username, password] = cut(text, ":");
    url.username = percentEncode(username, ENCODE_SETS.userinfo);
    url.password = percentEncode(password ?? "", ENCODE_SETS.userinfo);
  }

  // False for a port that is out of range.
  function setPort(url, digits) {
    const port = Number(digits);
    if (port > 65535) return false;
    url.port = digits === "" || port === DEFAULT_PORTS[url.scheme] ? null : port;
    return true;
  }

  // Where the colon before the port is: the first one outside square brackets, or -1.
  function portColon(text) {
    let inBrackets = false;
    for (let index = 0; index < text.length; index++) {
      if (text[index] === "[") inBrackets = true;
      else if (text[index] === "]") inBrackets = false;
      else if (text[index] === ":" && !inBrackets) return index;
    }
    return -1;
  }

  function setHost(url, text) {
    if (text === "" && isSpecial(url)) return false;
    const parsed = text === "" ? "" : parseHost(text, isSpecial(url));
    if (parsed !== null) url.host = parsed;
    return parsed !== null;
  }

  function parseAuthority(url, text) {
    const end = text.search(slashesOf(url));
    const authority = end < 0 ? text : text.slice(0, end);
    const at = authority.lastIndexOf("@");
    const address = authority.slice(at + 1);
    if (at >= 0) {
      if (address === "") return null;
      setCredentials(url, authority.slice(0, at));
    }
    const colon = portColon(address);
    const port = colon < 0 ? "" : address.slice(colon + 1);
    if (colon === 0 || !/^[0-9]*$/.test(port)) return null;
    if (!setHost(url, colon < 0 ? address : address.slice(0, colon)) || !setPort(url, port)) return null;
    startPath(url, end < 0 ? "" : text.slice(end));
    return url;
  }

  function parseFileHost(url, text) {
    const end = text.search(/[/\\]/);
    const name = end < 0 ? text : text.slice(0, end);
    // A drive letter in the host's place belongs to the path.
    if (DRIVE.test(name)) addSegments(url, text);
    else if (!setFileHost(url, name)) return null;
    else startPath(url, end < 0 ? "" : text.slice(end));
    return url;
  }

  function setFileHost(url, name) {
    if (name === "") url.host = "";
    else if (!setHost(url, name)) return false;
    if (url.host === "localhost") url.host = "";
    return true;
  }

  function parseFileSlash(url, text, base) {
    if (/^[/\\]/.test(text)) return parseFileHost(url, text.slice(1));
    if (base) {
      url.host = base.host;
      if (!STARTS_WITH_DRIVE.test(text) && NORMAL_DRIVE.test(base.path[0] ?? "")) url.path.push(base.path[0]);
    }
    addSegments(url, text);
    return url;
  }

  function parseFile(text, base, hasQuery) {
    const url = emptyRecord("file");
    url.host = "";
    if (/^[/\\]/.test(text)) return parseFileSlash(url, text.slice(1), base);
    if (base) return inherit(url, text, base, hasQuery, STARTS_WITH_DRIVE.test(text));
    addSegments(url, text);
    return url;
  }

  // Takes over what a relative reference leaves out.
  function inherit(url, text, base, hasQuery, startsAfresh = false) {
    copyAuthority(url, base);
    url.path = startsAfresh ? [] : base.path.slice();
    if (text === "") {
      if (!hasQuery) url.query = base.query;
      return url;
    }
    if (!startsAfresh) shortenPath(url);
    addSegments(url, text);
    return url;
  }

  function parseRelative(text, base, hasQuery) {
    const url = emptyRecord(base.scheme);
    const slashes = slashesOf(url);
    if (text.search(slashes) !== 0) return inherit(url, text, base, hasQuery);
    if (text.slice(1).search(slashes) === 0) {
      return parseAuthority(url, isSpecial(url) ? text.replace(/^[/\\]+/, "") : text.slice(2));
    }
    copyAuthority(url, base);
    addSegments(url, text.slice(1));
    return url;
  }

  function parseAbsolute(scheme, text, base, hasQuery) {
    const url = emptyRecord(scheme);
    if (scheme === "file") return parseFile(text, base?.scheme === "file" ? base : null, hasQuery);
    if (isSpecial(url)) {
      if (base?.scheme === scheme && !text.startsWith("//")) return parseRelative(text, base, hasQuery);
      return parseAuthority(url, text.replace(/^[/\\]+/, ""));
    }
    if (text.startsWith("//")) return parseAuthority(url, text.slice(2));
    if (text.startsWith("/")) addSegments(url, text.slice(1));
    // A space can only end the path where a query or a fragment follows; without that, it would be trimmed.
    else url.path = percentEncode(text, ENCODE_SETS.control).replace(/ $/, "%20");
    return url;
  }

  function parseHierarchy(text, base, hasQuery, hasFragment) {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text);
    if (scheme) return parseAbsolute(scheme[1].toLowerCase(), text.slice(scheme[0].length), base, hasQuery);
    if (!base) return null;
    if (isOpaque(base)) return text === "" && !hasQuery && hasFragment ? { ...base } : null;
    return base.scheme === "file" ? parseFile(text, base, hasQuery) : parseRelative(text, base, hasQuery);
  }

  const withoutBreaks = (text) => text.replace(/[\t\n\r]/g, "");

  function setQuery(url, text) {
    url.query = percentEncode(text, isSpecial(url) ? ENCODE_SETS.specialQuery : ENCODE_SETS.query);
  }

  function setFragment(url, text) {
    url.fragment = percentEncode(text, ENCODE_SETS.fragment);
  }

  // Null when the text is no URL.
  function parseUrl(input, base) {
    const trimmed = withoutBreaks(trimEnds(input, CONTROLS));
    const [beforeFragment, fragment] = cut(trimmed, "#");
    const [hierarchy, query] = cut(beforeFragment, "?");
    const url = parseHierarchy(hierarchy, base, query !== null, fragment !== null);
    if (!url) return null;
    if (query !== null) setQuery(url, query);
    if (fragment !== null) setFragment(url, fragment);
    return url;
  }

  const renderPath = (url) => (isOpaque(url) ? url.path : url.path.map((segment) => `/${segment}`).join(""));

  function renderHost(url) {
    if (url.host === null) return "";
    return url.port === null ? url.host : `${url.host}:${url.port}`;
  }

  function renderAuthority(url) {
    // Without a host, a path that starts with an empty segment would be read back as a host.
    if (url.host === null) return !isOpaque(url) && url.path.length > 1 && url.path[0] === "" ? "/." : "";
    const password = url.password === "" ? "" : `:${url.password}`;
    const credentials = url.username === "" && password === "" ? "" : `${url.username}${password}@`;
    return `//${credentials}${renderHost(url)}`;
  }

  function renderUrl(url) {
    const query = url.query === null ? "" : `?${url.query}`;
    const fragment = url.fragment === null ? "" : `#${url.fragment}`;
    return `${url.scheme}:${renderAuthority(url)}${renderPath(url)}${query}${fragment}`;
  }

  return {
    DEFAULT_PORTS, isOpaque, isSpecial, parseUrl, portColon, renderHost, renderPath, renderUrl, setFileHost,
    setFragment, setHost, setPort, setQuery, startPath, withoutBreaks,
  };
})
