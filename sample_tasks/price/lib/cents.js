export function toCents(amount) {
  return Math.round((amount + Number.EPSILON) * 100);
}
