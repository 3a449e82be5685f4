(input) => {
  const handlers = { start: () => 1 };
  return handlers[input.kind ?? 'stop']();
}
