// Rewrites the input it was given, which is a copy.
// ends: completed
// output: null
(input, context) => { try { context.call = context.log = null; context.__proto__.x = 1; arguments } catch {} return input }
