const helper = (value) => value.meta.tags;
module.exports = function (input) {
  return helper(input);
};
