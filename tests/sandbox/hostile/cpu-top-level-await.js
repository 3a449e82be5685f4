// Loops at the top of an ES module.
// ends: TimeLimit
const wait = async () => { for (;;) await null };
await wait();
export default () => 1;
