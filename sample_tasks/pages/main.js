async function readPage(list, page) {
  const response = await fetch(`https://api.example/${list}?page=${page}`);
  if (!response.ok) throw new HttpError(response.status, `Page ${page} of ${list} cannot be read`);
  return response.json();
}

async function main({ list }) {
  const first = await readPage(list, 1);
  const numbers = Array.from({ length: first.pages - 1 }, (_, index) => index + 2);
  const others = await Promise.all(numbers.map((page) => readPage(list, page)));
  const names = [first, ...others].flatMap((page) => page.items.map((item) => item.name));
  return { count: names.length, names };
}
