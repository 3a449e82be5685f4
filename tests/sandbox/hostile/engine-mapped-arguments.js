// Collects garbage while the arguments of a suspended function are mapped.
// ends: completed
// output: 3000
async () => {
  const kept = [];
  function* mapped(a, b) { arguments[0] = { b }; yield arguments; a = null; yield arguments }
  for (let i = 0; i < 3000; i++) { const g = mapped({ i }, kept); g.next(); kept.push(g); if (i % 100 === 0) await null }
  return kept.length;
}
