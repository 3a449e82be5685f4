const API = 'https://api.example.com';

async function readPage(list, cursor) {
  const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
  const response = await fetch(`${API}/${list}${query}`);
  if (!response.ok) throw new HttpError(response.status, `${list} cannot be read`);
  return response.json();
}

export default async function ({ list, most }, context) {
  const items = [];
  let cursor = null;
  do {
    const page = await readPage(list, cursor);
    items.push(...page.items);
    cursor = page.next ?? null;
    context.progress(Math.min(items.length, most), most, `${items.length} items`);
  } while (cursor !== null && items.length < most);
  return { items: items.slice(0, most), complete: cursor === null && items.length <= most };
}
