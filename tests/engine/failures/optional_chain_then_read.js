(input) => {
  const city = input.user?.address.city;
  const order = { city };
  const size = order.city.length;
  return size;
}
