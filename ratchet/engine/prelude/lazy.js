// Globals that few tasks use are accessors until they are first touched; then their part of the prelude is loaded.
(function (host) {
  "use strict";
  const { defineProperty, evaluate, keys } = host.primordials;
  const loaded = { __proto__: null };

  host.part = (name) => (loaded[name] ??= evaluate(host.send("L", name))(host));
  host.lazyGlobals = (table) => {
    for (const global of keys(table)) {
      const settle = (value) =>
        defineProperty(globalThis, global, { value, writable: true, enumerable: false, configurable: true });
      defineProperty(globalThis, global, {
        get() {
          const value = host.part(table[global])[global];
          settle(value);
          return value;
        },
        set: settle,
        enumerable: false,
        configurable: true,
      });
    }
  };
})
