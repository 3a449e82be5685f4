(input) => {
  let node = { next: {} };
  let steps = 0;
  while (node.next.value !== 3) {
    node = node.next;
    steps += 1;
  }
  return steps;
}
