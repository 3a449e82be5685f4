(input) => {
  try {
    return JSON.parse('[') + 1;
  } catch (error) {
    throw new Error(`wrapped: ${error.message}`, { cause: error });
  }
}
