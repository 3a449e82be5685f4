const { round } = require('./lib/money.js');

module.exports = function (input, context) {
  const lines = input.items.map((item) => ({
    name: item.name,
    total: round(item.price * item.quantity),
  }));
  const total = round(lines.reduce((sum, line) => sum + line.total, 0));
  return { currency: input.currency, lines, total };
};
