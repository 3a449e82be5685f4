// Returns raw JSON that is not what it seems.
// ends: completed
// output: ["1"]
() => { const raw = JSON.rawJSON ? JSON.rawJSON("1") : 1; return [String(typeof raw === "object" ? JSON.stringify(raw) : raw)] }
