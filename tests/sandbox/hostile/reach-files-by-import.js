// Imports modules of the engine and files of the machine.
// ends: completed
// output: []
async () => {
  const found = [];
  for (const name of ["std", "os", "qjs:std", "qjs:os", "qjs:bjson", "bjson", "dukpy", "ratchet", "file:///etc/passwd", "/etc/passwd", "../../etc/passwd", "/proc/self/environ", "data:text/javascript,1", "https://example.com/x.js", "", ".", "..", "\0", "<dukpy>", "<input>"])
    try { await import(name); found.push(name) } catch {}
  return found;
}
