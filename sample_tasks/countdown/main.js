(function (input) {
  const wait = (milliseconds) => {
    const end = Date.now() + milliseconds;
    while (Date.now() < end) {
      // Busy on purpose: a task that never gives way must still be able to report.
    }
  };
  const said = [];
  for (let left = input.from; left > 0; left -= 1) {
    const done = input.from - left;
    global.reportProgress({
      progress: done / input.from,
      step: `${left}`,
      message: `${left} to go`,
      data: { left },
    });
    said.push(left);
    wait(input.step_ms);
  }
  global.reportProgress({ progress: 1, step: "0", message: "Lift-off", data: { left: 0 } });
  return { said, steps: said.length };
})
