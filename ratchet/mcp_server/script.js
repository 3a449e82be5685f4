// Runs a script that calls tasks as methods of `tasks`.
import { names } from "./names.js";
import script from "./script.js";

const known = new Set(names);
const notTasks = ["then", "toJSON"];

function callerOf(context) {
  // Bound, so that errors point at the script and not in here.
  const call = (name) => context.call.bind(undefined, name);
  return new Proxy(Object.create(null), {
    // What is awaited, printed or returned is asked for more than tasks.
    get: (_, name) =>
      known.has(name) ? call(name) : typeof name === "symbol" || notTasks.includes(name) ? undefined : missing(name),
    has: (_, name) => known.has(name),
    ownKeys: () => names,
    getOwnPropertyDescriptor: (_, name) =>
      known.has(name) ? { value: call(name), enumerable: true, configurable: true } : undefined,
  });
}
function missing(name) {
  // Only a call has a place of its own in the script.
  return () => {
    const error = new Error(`There is no task \`${name}\` to call; \`Object.keys(tasks)\` names those that there are`);
    error.stack = error.stack.replace(/^.*main\.mjs:.*\n/gm, "");
    throw error;
  };
}

export default function (input, context) {
  globalThis.tasks = callerOf(context);
  return script(input, context);
}
