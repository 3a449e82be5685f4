const names = { a: 'alpha' };
export default function pick(value, key) {
  const name = names[key];
  return value[name].first;
}
