module.exports = {
  main: async (input) => {
    const users = await Promise.all([1, 2].map(async (id) => {
      const user = await Promise.resolve(null);
      return user.email;
    }));
    return users;
  },
};
