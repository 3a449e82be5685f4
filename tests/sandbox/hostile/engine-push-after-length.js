// Pushes onto an array that was made longer; QuickJS-ng 0.11 does not clear the places between.
// ends: completed
// output: 1
// ends(wasm): EngineCrash
// why(wasm): a failed assertion
() => {
  for (let n = 2; n < 600; n++) {
    const keep = [];
    for (let i = 0; i < 30; i++) { const list = [{}]; list.length = n; list.push({ i }); keep.push(list) }
  }
  return 1;
}
