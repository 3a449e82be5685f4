// `console`: each call becomes one message with a level; the host keeps the time and the bounds.
(function (host) {
  "use strict";
  const { stringify, String, join, repeat, replace, includes, defineProperty } = host.primordials;
  const counts = { __proto__: null };
  const starts = { __proto__: null };
  let indent = "";
  let muted = false;

  const isPlain = (args) => {
    for (let i = 0; i < args.length; i++) if (typeof args[i] !== "string") return false;
    return args.length < 2 || !includes(args[0], "%");
  };
  function write(level, args) {
    if (muted) return void host.send("c", "");
    let text = isPlain(args) ? join(args, " ") : host.part("format").format(args);
    if (indent !== "") text = indent + replace(text, /\n/g, `\n${indent}`);
    if (host.send("C", level + stringify(text)) === false) muted = true;
  }
  const label = (name) => (name === undefined ? "default" : String(name));
  const elapsed = (name) => `${(host.elapsed() - starts[name]).toFixed(3)}ms`;

  const console = {
    log(...args) { write("log", args); },
    info(...args) { write("info", args); },
    warn(...args) { write("warn", args); },
    error(...args) { write("error", args); },
    debug(...args) { write("debug", args); },
    trace(...args) { write("debug", ["Trace:", ...args]); },
    dir(value) { write("log", [value]); },
    table(data, columns) { write("log", [host.part("format").table(data, columns)]); },
    assert(condition, ...args) {
      if (condition) return;
      if (typeof args[0] === "string") args[0] = `Assertion failed: ${args[0]}`;
      else args = ["Assertion failed", ...args];
      write("error", args);
    },
    count(name) { write("log", [`${label(name)}: ${(counts[label(name)] = (counts[label(name)] ?? 0) + 1)}`]); },
    countReset(name) { counts[label(name)] = 0; },
    time(name) { starts[label(name)] = host.elapsed(); },
    timeLog(name, ...args) {
      name = label(name);
      if (starts[name] === undefined) write("warn", [`Timer '${name}' does not exist`]);
      else write("log", [`${name}: ${elapsed(name)}`, ...args]);
    },
    timeEnd(name) {
      console.timeLog(name);
      delete starts[label(name)];
    },
    group(...args) {
      if (args.length > 0) write("log", args);
      if (indent.length < 40) indent += "  ";
    },
    groupEnd() { indent = repeat("  ", indent.length / 2 - (indent === "" ? 0 : 1)); },
  };
  host.log = (level, text) => write(level, [text]);
  host.console = console;
  defineProperty(globalThis, "console", { value: console, writable: true, configurable: true });
})
