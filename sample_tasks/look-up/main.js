const PLANETS = ["Mercury", "Venus", "Earth", "Mars", "Jupiter", "Saturn", "Uranus", "Neptune"];

function main(input) {
  let { id } = input;
  const name = PLANETS[id - 1];
  if (name === undefined) {
    throw new DataError(`There is no planet ${id}`);
  }
  return { id, name, last: id === PLANETS.length };
}

main;
