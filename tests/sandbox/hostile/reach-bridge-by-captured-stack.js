// Captures the stack into an object.
// ends: completed
// output: "string"
() => { const o = {}; Error.captureStackTrace?.(o); return typeof (o.stack ?? "") }
