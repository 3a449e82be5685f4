const format = (user) => `${user.first} ${user.last.toUpperCase()}`;
(input) => format({ first: 'a' })
