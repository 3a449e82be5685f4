// Splices into an array that is spliced at the same time.
// ends: ScriptError
() => {
  const list = Array.from({ length: 100 }, (_, i) => ({ i }));
  list.constructor = { [Symbol.species]: function (n) { list.length = 3; return new Proxy([], { defineProperty(t, k, d) { list.push(d.value); return Reflect.defineProperty(t, k, d) } }) } };
  return list.splice(0, 90, 1, 2).length >= 0;
}
