export function check(value) {
  if (!value.ok) {
    throw new TypeError(`not ok: ${value}`);
  }
  return value;
}
