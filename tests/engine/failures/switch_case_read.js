(input) => {
  switch (input.kind) {
    case 'a':
      return 1;
    default: {
      const shape = input.shape;
      return shape.sides.count;
    }
  }
}
