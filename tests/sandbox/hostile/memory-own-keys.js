// Lists keys that a proxy makes up without end.
// ends: MemoryLimit
() => { const keys = { length: 2 ** 32 - 1 }; Object.keys(new Proxy({}, { ownKeys: () => new Proxy(keys, { get: (o, k) => k === "length" ? o.length : `${String(k)}` }) })) }
