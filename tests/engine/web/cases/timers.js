// Order is what counts: each case writes down who ran when. The HTML Standard, section 8.6 (timers) and 8.1.7 (tasks).
const order = [];
const note = (name) => () => { order.push(name); };
const after = (delay) => new Promise((resolve) => setTimeout(resolve, delay));

//# microtasks-run-before-timers
setTimeout(note("timer"), 0);
queueMicrotask(note("microtask"));
Promise.resolve().then(note("promise"));
order.push("script");
await after(20);
return order;

//# microtasks-and-promises-share-one-queue
queueMicrotask(note("a"));
Promise.resolve().then(note("b")).then(note("d"));
queueMicrotask(note("c"));
await after(1);
return order;

//# timers-of-the-same-delay-run-in-the-order-they-were-set
for (const name of "abcde") setTimeout(note(name), 5);
await after(30);
return order;

//# timers-run-in-the-order-they-are-due
setTimeout(note("late"), 60);
setTimeout(note("early"), 5);
setTimeout(note("middle"), 30);
await after(90);
return order;

//# no-delay-and-one-millisecond-are-the-same
setTimeout(note("one"), 1);
setTimeout(note("none"), 0);
setTimeout(note("nothing said"));
await after(20);
return order;

//# microtasks-run-between-two-timers-that-are-due-together
setTimeout(() => { order.push("first"); queueMicrotask(note("microtask of the first")); }, 1);
setTimeout(note("second"), 1);
await after(20);
return order;

//# a-timer-set-in-a-timer-runs-after-those-that-were-waiting
setTimeout(() => { order.push("outer"); setTimeout(note("inner"), 1); }, 1);
setTimeout(note("beside"), 1);
await after(30);
return order;

//# a-timer-can-clear-one-that-is-due-with-it
const second = setTimeout(note("second"), 1);
setTimeout(note("third"), 1);
clearTimeout(second);
await after(20);
return order;

//# a-timer-that-is-due-can-clear-the-next
let next;
setTimeout(() => { order.push("first"); clearTimeout(next); }, 1);
next = setTimeout(note("next"), 1);
await after(20);
return order;

//# an-interval-repeats-until-it-is-cleared
const interval = setInterval(() => { if (order.push("tick") === 3) clearInterval(interval); }, 2);
await after(60);
return order;

//# an-interval-that-clears-itself-at-once-runs-once
const interval = setInterval(() => { clearInterval(interval); order.push("tick"); }, 1);
await after(20);
return order;

//# clearTimeout-and-clearInterval-clear-either-kind
const interval = setInterval(note("interval"), 1);
const timeout = setTimeout(note("timeout"), 1);
clearTimeout(interval);
clearInterval(timeout);
await after(20);
return order;

//# a-timer-that-has-run-can-be-cleared
const timer = setTimeout(note("ran"), 0);
await after(20);
clearTimeout(timer);
clearTimeout(timer);
return order;

//# nothing-that-is-no-timer-can-be-cleared-and-nothing-happens
for (const value of [undefined, null, -1, 0, 1e9, NaN, "x"]) { clearTimeout(value); clearInterval(value); }
return clearTimeout() === undefined;

//# arguments-are-handed-on
setTimeout((...all) => order.push(all), 0, 1, "b", null);
await after(20);
return order;

//# delays-that-are-no-numbers-or-negative-are-none
for (const delay of [-5, NaN, "x", null, undefined, {}]) setTimeout(note(String(delay)), delay);
await after(20);
return order;

//# a-delay-may-be-a-text-of-digits
setTimeout(note("30"), "30");
setTimeout(note("5"), "5");
await after(60);
return order;

//# a-fraction-of-a-delay-is-cut-off
setTimeout(note("1.9"), 1.9);
setTimeout(note("1"), 1);
await after(20);
return order;

//# an-immediate-runs-after-microtasks-and-before-a-later-timer
setTimeout(note("timer"), 30);
setImmediate(note("immediate"));
queueMicrotask(note("microtask"));
await after(50);
return order;

//# immediates-run-in-the-order-they-were-set-with-microtasks-between
setImmediate(() => { order.push("first"); queueMicrotask(note("microtask")); });
setImmediate(note("second"));
await after(20);
return order;

//# an-immediate-can-be-cleared
clearImmediate(setImmediate(note("immediate")));
await after(20);
return order;

//# an-immediate-takes-arguments
setImmediate((...all) => order.push(all), 1, 2);
await after(20);
return order;

//# what-is-no-function-is-refused-as-a-callback
const refused = [];
for (const start of [setTimeout, setInterval, setImmediate, queueMicrotask]) {
  try { start(5); } catch (error) { refused.push(error.name); }
}
return refused;

//# a-text-is-no-callback
setTimeout("order.push(1)");

//# async-functions-go-on-in-microtasks
const work = async (name) => { order.push(`${name} 1`); await null; order.push(`${name} 2`); };
work("a");
work("b");
order.push("script");
await after(1);
return order;

//# an-await-of-a-promise-takes-one-microtask
const promise = Promise.resolve();
(async () => { await promise; order.push("await"); })();
promise.then(note("then"));
await after(1);
return order;

//# a-thenable-takes-a-microtask-more
const thenable = { then(resolve) { order.push("then"); resolve(); } };
(async () => { await thenable; order.push("after"); })();
Promise.resolve().then(note("1")).then(note("2")).then(note("3"));
await after(1);
return order;

//# a-microtask-of-a-microtask-runs-before-a-timer
setTimeout(note("timer"), 0);
queueMicrotask(() => { order.push("outer"); queueMicrotask(note("inner")); });
await after(20);
return order;

//# a-rejected-promise-that-is-caught-later-is-no-error-of-the-task
const rejected = Promise.reject(new RangeError("x"));
await Promise.resolve();
return rejected.catch((error) => error.name);
