(input) => {
  const price = (item) => item.price;
  const qty = (item) => item.quantity.value;
  return [{ price: 1 }].map((item) => price(item) * qty(item));
}
