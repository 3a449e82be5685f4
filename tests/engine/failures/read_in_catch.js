(input) => {
  try {
    input.a.b();
  } catch {
    return input.c.d;
  }
}
