(function (input) {
  const { city, units } = input;
  const unit = units === "metric" ? "°C" : "°F";
  let reply;
  try {
    reply = fetch(`https://api.weather.example/v1/current?city=${encodeURIComponent(city)}&units=${units}`).body;
  } catch (error) {
    if (error instanceof HttpError && error.status === 404) {
      throw new DataError(`There is no city called ${city}`, { cause: error });
    }
    throw error;
  }
  if (typeof reply.temperature !== "number") throw new DataError(`The answer for ${city} has no temperature`);
  return { city: reply.name, temperature: reply.temperature, summary: `${reply.temperature} ${unit}, ${reply.sky}` };
})
