// Looks for the bridge from a function of the global scope.
// ends: completed
// output: "undefinedundefinedundefined"
() => [].constructor.constructor("return typeof process + typeof call_python + typeof dukpy")()
