(input) => {
  const settings = Object.freeze({ depth: 1 });
  const walk = (node, depth) => (depth > 3 ? node.leaf.size : walk(node, depth + 1));
  return walk({}, 0);
}
