// Watches what host functions hand to a replaced language.
// ends: completed
// output: []
() => {
  const { apply } = Reflect;
  const seen = [];
  const look = (value) => { if (typeof value === "function" && (value.name === "call_python" || value.name === "bridge")) seen[seen.length] = value.name };
  for (const [object, names] of [[Function.prototype, ["call", "apply", "bind"]], [Array.prototype, ["push", "map", "forEach", "join"]], [Map.prototype, ["get", "set"]], [Set.prototype, ["add"]]])
    for (const name of names) {
      const own = object[name];
      object[name] = function (...args) { look(this); for (let i = 0; i < args.length; i++) look(args[i]); return apply(own, this, args) };
    }
  console.log("%o", { a: 1 }); setTimeout(() => {}, 1); new URL("https://a.b/c"); structuredClone({});
  return seen;
}
