const API = 'https://api.example.com';

export default async function ({ id }) {
  const response = await fetch(`${API}/users/${id}`, { headers: { Accept: 'application/json' } });
  // What is not there is an answer too; everything else is a failure of this task.
  if (response.status === 404) return { found: false, user: null };
  if (!response.ok) throw new HttpError(response.status, `User ${id} cannot be read`);
  const { name, email } = await response.json();
  return { found: true, user: { name, email } };
}
