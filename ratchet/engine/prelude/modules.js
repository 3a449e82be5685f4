// CommonJS: `require` for the task's own files. The host resolves names and hands out text; ES modules go through the
// engine's own loader.
(function (host) {
  "use strict";
  const { apply, defineProperty, evaluate, stringify, parse, mapGet, mapSet, Map, Error } = host.primordials;
  const modules = new Map();

  function notFound(answer) {
    const error = new Error(answer.error);
    error.code = "MODULE_NOT_FOUND";
    return error;
  }
  function parseFile(file) {
    try {
      return parse(file.text);
    } catch (error) {
      error.message = `${file.id}: ${error.message}`;
      throw error;
    }
  }
  function load(file) {
    const module = { exports: {}, id: file.id, filename: file.id, loaded: false };
    mapSet(modules, file.id, module);
    if (file.kind === "json") {
      module.exports = parseFile(file);
    } else {
      const body = evaluate(file.text);
      apply(body, module.exports, [module.exports, requireFrom(file.id), module, file.id, file.folder]);
    }
    module.loaded = true;
    return module;
  }
  function requireFrom(base) {
    return function require(specifier) {
      const answer = host.send("M", stringify({ __proto__: null, base, specifier: `${specifier}` }));
      if (answer.error !== undefined) throw notFound(answer);
      const known = mapGet(modules, answer.id);
      if (known !== undefined) return known.exports;
      const file = host.send("m", answer.id);
      if (file.error !== undefined) throw notFound(file);
      return load(file).exports;
    };
  }
  host.requireFrom = requireFrom;
  // What an ES module that imports a CommonJS or JSON file calls; it loads the task's own files and nothing else.
  defineProperty(globalThis, "ratchet:require", { value: requireFrom(""), configurable: false, writable: false });
})
