async function main(log) {
  let finished;
  const done = new Promise((resolve) => (finished = resolve));
  const debounce = (f, wait) => { let timer; return (...args) => { clearTimeout(timer); timer = setTimeout(f, wait, ...args); }; };
  const save = debounce((text, length) => { log(`saved ${text} ${length}`); finished(); }, 5);
  for (const text of ["h", "he", "hel"]) { save(text, text.length); log(`typed ${text}`); await null; }
  await done;
}
