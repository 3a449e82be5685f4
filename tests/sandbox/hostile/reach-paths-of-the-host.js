// Looks for paths of the machine in a stack.
// ends: completed
// output: false
() => /dukpy[/.]|python|[/]usr|site-packages/.test(new Error().stack)
