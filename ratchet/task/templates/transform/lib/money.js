// Cents are whole numbers, so adding many prices does not drift.
exports.round = (amount) => Math.round(amount * 100) / 100;
