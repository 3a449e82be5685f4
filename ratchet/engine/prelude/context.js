// The second argument of every task, and `reportProgress`.
(function (host) {
  "use strict";
  const { defineProperty, stringify, apply, hasOwn, keys, slice } = host.primordials;
  const number = (value) => (typeof value === "number" && value === value ? value : null);
  const text = (value) => (value === undefined || value === null ? null : `${value}`);

  function send(fraction, step, message, data) {
    if (fraction !== null && fraction > 1) fraction = fraction <= 100 ? fraction / 100 : 1;
    if (fraction !== null && fraction < 0) fraction = 0;
    const sent = host.send("P", stringify({ __proto__: null, fraction, step: text(step), message: text(message), data: data ?? null }));
    if (sent === false) throw new RangeError("A progress report can hold 65,536 characters of JSON, and not nested too deeply");
  }
  function reportProgress(report) {
    if (report === null || typeof report !== "object") return send(number(report), null, null, null);
    send(number(report.progress), report.step, report.message, report.data);
  }
  function progress(done, total, message, data) {
    if (done !== null && typeof done === "object") return reportProgress(done);
    if (typeof total === "number") return send(total > 0 ? done / total : null, `${done}/${total}`, message, data);
    if (typeof total === "string") return send(number(done), null, total, message);
    send(number(done), null, message, data);
  }

  defineProperty(globalThis, "global", { value: globalThis, writable: true, configurable: true });
  defineProperty(globalThis, "reportProgress", { value: reportProgress, writable: true, configurable: true });

  // What stands for a secret in a request; its value never comes here. For each name that the task declares, there is
  // what keeps it from the secret, or null.
  function nameSecret(refusals, name) {
    const refusal = hasOwn(refusals, name) ? refusals[name] : undeclared(keys(refusals), name);
    if (refusal !== null) throw host.makeError({ name: "ConfigurationError", code: "not_permitted", ...refusal });
    return `{{secret:${name}}}`;
  }
  function undeclared(names, name) {
    const line = stringify({ permissions: { secrets: [...names, name] } });
    return {
      message: `\`${name}\` is not among the secrets that the task declares`,
      hint: `\`${slice(line, 1, -1)}\` in the task's metadata declares it`,
    };
  }

  host.makeContext = (facts) => {
    const console = host.console;
    const log = (...args) => apply(console.log, console, args);
    for (const level of ["debug", "info", "warn", "error"]) log[level] = console[level];
    const call = (task, input = {}) => host.ask("call", { task: `${task}`, input });
    const { secrets, ...shown } = facts;
    const secret = (name) => nameSecret(secrets, `${name}`);
    return { ...shown, progress, log, call, secret };
  };
})
