async function load(id) {
  const response = { ok: true, json: async () => ({}) };
  const body = await response.json();
  return body.data.items.map((item) => item.id);
}
(input) => load(1)
