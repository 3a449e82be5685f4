async function main(input) {
  const answer = await Promise.resolve({ ok: true });
  const user = answer.user;
  return user.name;
}
main;
