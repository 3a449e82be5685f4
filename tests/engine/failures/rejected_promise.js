(input) => {
  const later = new Promise((resolve, reject) => {
    reject(new RangeError('too far'));
  });
  return later;
}
