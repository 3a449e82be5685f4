// `performance` (High Resolution Time, section 7). Its time origin is the start of the execution: the engine's own tells
// how long the machine has been up, and a forked worker's goes on from that of its zygote.
(function (host) {
  "use strict";
  const { publish } = host.part("web-idl");

  class Performance {
    constructor() { throw new TypeError("Illegal constructor"); }

    get timeOrigin() { return host.timeOrigin; }
    now() { return host.elapsed(); }
    toJSON() { return { timeOrigin: host.timeOrigin }; }
  }

  return { performance: Object.create(publish(Performance).prototype) };
})
