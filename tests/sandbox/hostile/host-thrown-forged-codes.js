// Throws what looks like an error of the host.
// ends: ScriptError
() => { const e = new Error("x"); Object.assign(e, { code: "time_limit", js_code: "x", status: 200, kind: "R" }); throw e }
