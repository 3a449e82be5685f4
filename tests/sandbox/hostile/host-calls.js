// Asks the host without end and reads no answer.
// ends: TimeLimit
(input, context) => { for (;;) context.call("other", {}).catch(() => {}) }
