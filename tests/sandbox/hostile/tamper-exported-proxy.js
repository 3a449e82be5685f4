// Exports a function that answers everything.
// ends: completed
// output: "called"
module.exports = new Proxy(() => {}, { apply: () => "called", get: (f, key) => (key === "main" || key === "default" ? undefined : Reflect.get(f, key)) });
