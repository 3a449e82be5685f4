// Reports megabytes.
// ends: ScriptError
() => reportProgress({ progress: 1, data: "x".repeat(5e6) })
