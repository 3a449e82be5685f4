// Revokes a proxy inside its own trap.
// ends: completed
// output: [1, "TypeError"]
() => { let r; r = Proxy.revocable({}, { get() { r.revoke(); const junk = []; for (let i = 0; i < 1000; i++) junk.push({}); return 1 }, has() { return true } }); const p = r.proxy; const first = p.x; try { p.y } catch (e) { return [first, e.name] } }
