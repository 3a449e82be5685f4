(input) => {
  const report = {};
  report.count = 1;
  report.totals.sum = 3;
  return report;
}
