function check(value) {
  if (value === undefined) {
    const error = new Error('no value');
    error.code = 'E1';
    throw error;
  }
}
(input) => { check(input.x); return 1; }
