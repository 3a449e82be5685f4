(input) => {
  return Promise.resolve({ body: null })
    .then((answer) => answer.body)
    .then((body) => {
      const rows = body.rows;
      return rows;
    });
}
