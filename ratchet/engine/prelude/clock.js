// `Date` on the host's clock, for executions that are recorded, replayed or run in a time of their own.
(function (host) {
  "use strict";
  const { construct, defineProperty } = host.primordials;
  const Native = Date;
  const read = () => host.send("D", "");

  function ClockDate(...args) {
    if (!new.target) return new ClockDate().toString();
    return construct(Native, args.length === 0 ? [read()] : args, new.target === ClockDate ? Native : new.target);
  }
  const hide = (target, name, value) => defineProperty(target, name, { value, writable: true, configurable: true });
  // Begun with every worker, and lent to the executions that want it: to load it then takes a thirtieth of them.
  host.lendClock = () => {
    hide(ClockDate, "name", "Date");
    hide(ClockDate, "length", 7);
    defineProperty(ClockDate, "prototype", { value: Native.prototype, writable: false });
    hide(ClockDate, "parse", Native.parse);
    hide(ClockDate, "UTC", Native.UTC);
    hide(ClockDate, "now", { now() { return read(); } }.now);
    hide(Native.prototype, "constructor", ClockDate);
    hide(globalThis, "Date", ClockDate);
    return read;
  };
})
