// Finds the function a source offers, in every form that people write, and calls it.
(function (host) {
  "use strict";
  const { apply, evaluate, defineProperty, then, replace } = host.primordials;
  const Native = host.primordials.Promise;

  // A `const main`, and every declaration of a strict script, is visible inside the evaluated text only. A declaration
  // at its end hands `main` out and leaves the completion value alone.
  const OFFER = "ratchet:offer";
  const offerMain = `\nconst ratchetOffered = this["${OFFER}"](typeof main === "function" ? main : undefined);`;

  const looksLikeModule = /(?:^|[\n;}])\s*(?:import(?:\s+[\w$]|\s*[{*"'])|export\s+(?:default|const|let|var|function|class|async)\b|export\s*[{*])/;

  // An early error is reported with the position in the source first and our own call right behind it; what a running
  // script throws, from JSON.parse, a nested eval or a required file, has other frames between.
  const isEarly = (error) =>
    error instanceof SyntaxError &&
    (/^\s+at <input>:\d+:\d+\n\s+at eval \(native\)\n\s+at evaluateScript \((?:<dukpy>|eval_script):/.test(error.stack) ||
      /^\s+at (?!<input>)[^()\n]+:\d+:\d+\n?$/.test(error.stack));

  function evaluateScript(id, source) {
    const module = { exports: {}, id, filename: id };
    const original = module.exports;
    const define = (name, value) => defineProperty(globalThis, name, { value, writable: true, configurable: true });
    define("module", module);
    define("exports", original);
    define("require", host.requireFrom(id));
    let declared;
    define(OFFER, (main) => (declared = main));
    const completion = evaluate(source + offerMain);
    delete globalThis[OFFER];
    const exported = module.exports;
    if (typeof exported === "function") return exported;
    if (exported !== null && typeof exported === "object") {
      if (typeof exported.main === "function") return exported.main;
      if (typeof exported.default === "function") return exported.default;
    }
    if (typeof completion === "function") return completion;
    return declared;
  }
  function bareFunction(source) {
    try {
      const value = evaluate(`(${replace(source, /[\s;]+$/, "")}\n)`);
      return typeof value === "function" ? value : undefined;
    } catch {
      return undefined;
    }
  }
  const fromModule = (namespace) =>
    typeof namespace.default === "function"
      ? namespace.default
      : typeof namespace.main === "function"
        ? namespace.main
        : typeof namespace.default?.main === "function"
          ? namespace.default.main
          : undefined;

  function importModule(id, otherwise) {
    return then(host.importModule(id), fromModule, otherwise);
  }
  // The text of an ES module is never a script: it has an early error there, before anything of it has run.
  function findEntry({ id, source, form }) {
    if (form === "module") return importModule(id);
    try {
      return evaluateScript(id, source);
    } catch (error) {
      if (!isEarly(error)) throw error;
      const entry = bareFunction(source);
      if (entry !== undefined) return entry;
      if (form === "commonjs") throw error;
      for (const name of ["module", "exports", "require", OFFER]) delete globalThis[name];
      return importModule(id, (other) => {
        throw isEarly(other) && !looksLikeModule.test(source) ? error : other;
      });
    }
  }
  function call(entry, start) {
    if (typeof entry !== "function") return host.send("X", "");
    if (start.main.probe) return true;
    return apply(entry, undefined, [start.input, host.makeContext(start.context)]);
  }

  host.on("start", (start) => {
    host.outputLimit = start.outputLimit;
    host.beginTime(start.clocked ? host.lendClock() : undefined);
    if (start.main.counted) host.part("ran");
    host.importModule = evaluate("(id) => import(id)");
    let result;
    try {
      const entry = findEntry(start.main);
      result = entry instanceof Native ? then(entry, (found) => call(found, start)) : call(entry, start);
      if (result === null || (typeof result !== "object" && typeof result !== "function") || host.isHandle(result)) return host.succeed(result);
      then(Native.resolve(result), host.succeed, host.fail);
    } catch (error) {
      host.fail(error);
    }
  });
})
