// Escapes a text that was put together; QuickJS-ng 0.11 reads beside it.
// ends: completed
// output: 126003
() => { const half = "a.b|c".repeat(9000); const rope = half + half; return RegExp.escape(rope).length }
