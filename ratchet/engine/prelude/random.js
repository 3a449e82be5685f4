// `Math.random` from the host's seeded generator: a forked context would repeat the engine's own, and a recording
// replays ours.
(function (host) {
  "use strict";
  const { defineProperty } = host.primordials;
  let numbers = [];
  let next = 0;
  function random() {
    if (next === numbers.length) {
      numbers = host.send("N", "");
      next = 0;
    }
    return numbers[next++];
  }
  defineProperty(Math, "random", { value: random, writable: true, configurable: true });
  host.call = (name, payload) => {
    const answer = host.send("K", host.primordials.stringify({ __proto__: null, name, payload }));
    if (answer.error !== undefined) throw new TypeError(answer.error);
    return answer.value;
  };
})
