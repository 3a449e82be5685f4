// Escapes a text that was put together; QuickJS-ng reads beside it.
// ends: completed
// output: "string"
() => { const half = "a.b|c".repeat(9000); const rope = half + half; return typeof RegExp.escape(rope) }
