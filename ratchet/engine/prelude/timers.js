// Timers: the callbacks stay here, the host keeps the clock and delivers one `timer` event for each that is due.
(function (host) {
  "use strict";
  const { apply, mapGet, mapSet, mapDelete, defineProperty, Number } = host.primordials;
  const timers = new Map();
  let last = 0;

  function add(kind, callback, delay, args) {
    if (typeof callback !== "function") throw new TypeError("The callback of a timer must be a function");
    let milliseconds = Number(delay);
    // Web IDL `long`, and what Node does with a delay that makes no sense.
    if (!(milliseconds >= 1 && milliseconds <= 2147483647)) milliseconds = 1;
    milliseconds -= milliseconds % 1;
    const id = ++last;
    mapSet(timers, id, { callback, args, milliseconds, repeat: kind === "repeat" });
    host.send("T", `${id} ${kind === "soon" ? -1 : milliseconds}`);
    return id;
  }
  function remove(id) {
    if (mapDelete(timers, Number(id))) host.send("t", `${Number(id)}`);
  }

  host.on("timer", (id) => {
    const timer = mapGet(timers, id);
    if (timer === undefined) return;
    if (timer.repeat) host.send("T", `${id} ${timer.milliseconds}`);
    else mapDelete(timers, id);
    try {
      apply(timer.callback, undefined, timer.args);
    } catch (error) {
      host.fail(error);
    }
  });

  host.setTimeout = (callback, delay) => add("once", callback, delay, []);
  host.clearTimeout = remove;
  const globals = {
    setTimeout(callback, delay, ...args) { return add("once", callback, delay, args); },
    setInterval(callback, delay, ...args) { return add("repeat", callback, delay, args); },
    setImmediate(callback, ...args) { return add("soon", callback, 0, args); },
    clearTimeout(id) { remove(id); },
    clearInterval(id) { remove(id); },
    clearImmediate(id) { remove(id); },
  };
  for (const name of host.primordials.keys(globals))
    defineProperty(globalThis, name, { value: globals[name], writable: true, configurable: true });
})
