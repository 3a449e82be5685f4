// Replaces what generators are made of.
// ends: completed
// output: 3
async () => {
  const proto = Object.getPrototypeOf(function* () {});
  proto.prototype.next = proto.prototype.return = proto.prototype.throw = () => ({ done: true, value: "stolen" });
  await new Promise((done) => setTimeout(done, 1));
  return 3;
}
