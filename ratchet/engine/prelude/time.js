// The time an execution goes by: it begins with the execution, on the engine's clock or on the one that the host lends.
(function (host) {
  "use strict";
  const { now, performanceNow } = host.primordials;
  let read = performanceNow;
  let origin = 0;

  // Milliseconds since the execution began.
  host.elapsed = () => read() - origin;
  // Begins an execution; the host's clock, where there is one, tells the time of day.
  host.beginTime = (clock) => {
    read = clock ?? performanceNow;
    origin = read();
    host.timeOrigin = clock === undefined ? now() : origin;
  };
})
