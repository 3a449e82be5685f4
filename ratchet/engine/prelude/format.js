// Renders values for `console`, close to what Node prints; loaded when a task logs something that is not a string.
(function (host) {
  "use strict";
  const MAX_DEPTH = 2;
  const MAX_ITEMS = 100;
  const MAX_STRING = 10000;
  const LINE = 72;
  // What a proxy's trap, a getter or a method of the value's own throws at whoever looks; Node sees past all of them.
  const UNREADABLE = "[unreadable]";
  const identifier = /^[A-Za-z_$][\w$]*$/;

  const attempt = (read, otherwise) => {
    try {
      return read();
    } catch {
      return otherwise();
    }
  };
  const quote = (text) => {
    if (text.length > MAX_STRING) text = `${text.slice(0, MAX_STRING)}... ${text.length - MAX_STRING} more characters`;
    const mark = !text.includes("'") ? "'" : !text.includes('"') ? '"' : !text.includes("`") ? "`" : "'";
    const body = text.replace(/[\\\n\r\t\u0000-\u001f\u007f]/g, (c) => {
      const short = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" }[c];
      return short ?? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`;
    });
    return mark + (mark === "'" ? body.replace(/'/g, "\\'") : body) + mark;
  };
  const keyText = (key) =>
    typeof key === "symbol" ? `[${key.toString()}]` : identifier.test(key) ? key : quote(key);

  function primitive(value, top) {
    if (typeof value === "string") return top ? value : quote(value);
    if (typeof value === "bigint") return `${value}n`;
    if (Object.is(value, -0)) return "-0";
    return String(value);
  }
  const nameOf = (value) => {
    for (let object = value; object !== null; object = Object.getPrototypeOf(object)) {
      const own = Object.getOwnPropertyDescriptor(object, "constructor");
      if (own && typeof own.value === "function" && own.value.name !== "") return own.value.name;
    }
    return null;
  };
  const errorText = (error) => {
    const head = String(error.name ?? "Error") + (error.message ? `: ${error.message}` : "");
    const lines = typeof error.stack === "string" ? error.stack.split("\n") : [];
    const own = lines.filter((line) => line.trim() !== "" && !line.includes("<dukpy>") && !line.includes("(native)"));
    return own.length > 0 ? `${head}\n${own.join("\n")}` : `[${head}]`;
  };
  const functionText = (value) => {
    const isClass = /^class\b/.test(Function.prototype.toString.call(value));
    const name = value.name ? `${isClass ? " " : ": "}${value.name}` : " (anonymous)";
    const kind = isClass ? "class" : value.constructor?.name || "Function";
    return `[${kind}${name}]`;
  };

  // Text of an object that shows itself without its properties, else undefined.
  function whole(value) {
    if (typeof value === "function") return functionText(value);
    if (value instanceof Error) return errorText(value);
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "Invalid Date" : value.toISOString();
    if (value instanceof RegExp) return RegExp.prototype.toString.call(value);
    if (value instanceof Promise) return "Promise {}";
    if (value instanceof WeakMap || value instanceof WeakSet) return `${nameOf(value)} { <items unknown> }`;
    for (const Box of [String, Number, Boolean, Symbol, BigInt])
      if (value instanceof Box) return `[${Box.name}: ${primitive(value.valueOf(), false)}]`;
    return undefined;
  }
  const prefixed = (name, plain, size) =>
    name === plain && size === undefined ? "" : `${name ?? "[Object: null prototype]"}${size === undefined ? "" : `(${size})`} `;

  function wrap(prefix, open, parts, close, indent) {
    if (parts.length === 0) return `${prefix}${open}${close}`;
    const single = parts.join(", ");
    if (single.length + prefix.length + indent.length <= LINE && !single.includes("\n"))
      return open === "[" ? `${prefix}[ ${single} ]` : `${prefix}{ ${single} }`;
    return `${prefix}${open}\n${parts.map((part) => `${indent}  ${part}`).join(",\n")}\n${indent}${close}`;
  }
  function render(value, depth, indent, above) {
    if (value === null || (typeof value !== "object" && typeof value !== "function")) return primitive(value, false);
    return attempt(() => renderObject(value, depth, indent, above), () => UNREADABLE);
  }
  function renderObject(value, depth, indent, above) {
    const text = whole(value);
    const keys = Reflect.ownKeys(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key));
    if (text !== undefined && (keys.length === 0 || typeof value !== "function")) {
      const extra = keys.filter((key) => !/^\d+$/.test(String(key)) && key !== "stack" && key !== "message");
      if (extra.length === 0) return text;
      return `${text} ${wrap("", "{", properties(value, extra, depth, indent, above), "}", indent)}`;
    }
    if (above.includes(value)) return "[Circular *1]";
    const isArray = Array.isArray(value);
    const name = nameOf(value);
    if (depth > MAX_DEPTH) return isArray ? "[Array]" : `[${name ?? "Object: null prototype"}]`;
    return contents(value, keys, isArray, name, depth, indent, [...above, value]);
  }
  function contents(value, keys, isArray, name, depth, indent, above) {
    const inner = (item) => render(item, depth + 1, `${indent}  `, above);
    const named = keys.filter((key) => !/^\d+$/.test(String(key)));
    if (isArray || ArrayBuffer.isView(value)) {
      if (value instanceof DataView) return `DataView { byteLength: ${value.byteLength} }`;
      const items = Array.from(value).slice(0, MAX_ITEMS).map(inner);
      if (value.length > MAX_ITEMS) items.push(`... ${value.length - MAX_ITEMS} more items`);
      const prefix = isArray && name === "Array" ? "" : prefixed(name, "Array", value.length);
      return wrap(prefix, "[", [...items, ...properties(value, named, depth, indent, above)], "]", indent);
    }
    if (value instanceof Map) {
      const entries = [...value].slice(0, MAX_ITEMS).map(([key, item]) => `${inner(key)} => ${inner(item)}`);
      return wrap(prefixed(name, null, value.size), "{", entries, "}", indent);
    }
    if (value instanceof Set)
      return wrap(prefixed(name, null, value.size), "{", [...value].slice(0, MAX_ITEMS).map(inner), "}", indent);
    if (value instanceof ArrayBuffer) return `ArrayBuffer { byteLength: ${value.byteLength} }`;
    const parts = properties(value, keys.slice(0, MAX_ITEMS), depth, indent, above);
    if (keys.length > MAX_ITEMS) parts.push(`... ${keys.length - MAX_ITEMS} more properties`);
    return wrap(typeof value === "function" ? `${functionText(value)} ` : prefixed(name, "Object"), "{", parts, "}", indent);
  }
  function properties(value, keys, depth, indent, above) {
    return keys.map((key) => {
      const { get, set, value: item } = Object.getOwnPropertyDescriptor(value, key);
      const shown = get ? (set ? "[Getter/Setter]" : "[Getter]") : set ? "[Setter]" : render(item, depth + 1, `${indent}  `, above);
      return `${keyText(key)}: ${shown}`;
    });
  }
  const inspect = (value, top) => (typeof value === "string" ? primitive(value, top) : render(value, 0, "", []));

  // The Console Standard, section 2.2, Formatter.
  function format(args) {
    let first = args[0];
    let used = 0;
    const isText = typeof first === "string";
    if (isText) {
      used = 1;
      if (args.length > 1)
        first = first.replace(/%[sdifjoOc%]/g, (directive) => {
          if (directive === "%%") return "%";
          if (used >= args.length) return directive;
          const value = args[used++];
          return attempt(() => substitute(directive[1], value), () => (/[dif]/.test(directive) ? "NaN" : UNREADABLE));
        });
    }
    const rest = args.slice(used).map((value) => inspect(value, true));
    return (isText ? [first, ...rest] : rest).join(" ");
  }
  function substitute(letter, value) {
    switch (letter) {
      case "s": return typeof value === "object" && value !== null ? inspect(value, true) : primitive(value, true);
      case "d": return typeof value === "bigint" ? `${value}n` : typeof value === "object" ? "NaN" : String(Number(value));
      case "i": return typeof value === "bigint" ? `${value}n` : String(parseInt(value, 10));
      case "f": return String(parseFloat(value));
      case "j": return JSON.stringify(value) ?? "undefined";
      case "c": return "";
      default: return inspect(value, false);
    }
  }
  function table(data, columns) {
    if (data === null || typeof data !== "object") return inspect(data, true);
    return attempt(() => tableOf(data, columns), () => inspect(data, true));
  }
  function tableOf(data, columns) {
    const rows = data instanceof Map || data instanceof Set ? [...data].map((row, i) => [i, row]) : Object.entries(data);
    const names = [];
    let plain = false;
    for (const [, row] of rows) {
      if (row === null || typeof row !== "object") plain = true;
      else for (const key of Object.keys(row)) if (!names.includes(key)) names.push(key);
    }
    const shown = columns ?? names;
    const header = ["(index)", ...shown, ...(plain ? ["Values"] : [])];
    const lines = rows.slice(0, MAX_ITEMS).map(([index, row]) => {
      const isRow = row !== null && typeof row === "object";
      const cells = shown.map((name) => (isRow && name in row ? inspect(row[name], false) : ""));
      return [String(index), ...cells, ...(plain ? [isRow ? "" : inspect(row, false)] : [])];
    });
    const widths = header.map((title, i) => Math.max(title.length, ...lines.map((line) => line[i].length)) + 2);
    const rule = (left, middle, right) => left + widths.map((width) => "─".repeat(width)).join(middle) + right;
    const line = (cells) => `│${cells.map((cell, i) => ` ${cell.padEnd(widths[i] - 1)}`).join("│")}│`;
    return [rule("┌", "┬", "┐"), line(header), rule("├", "┼", "┤"), ...lines.map(line), rule("└", "┴", "┘")].join("\n");
  }
  return { format, table };
})
