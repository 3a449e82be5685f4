module.exports = async function (input) {
  const users = [{ name: 'a' }, { name: 'b', tags: [] }];
  const names = users
    .filter((user) => user.name)
    .map((user) => user.tags.join(', '));
  return names;
};
