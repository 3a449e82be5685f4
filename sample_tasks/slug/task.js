function main(input) {
  const separator = input.separator ?? "-";
  const words = input.title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return { slug: (words ?? []).join(separator) };
}

module.exports = { main };
