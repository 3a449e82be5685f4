// AbortController and AbortSignal (DOM Standard, section 3).
(function (host) {
  "use strict";
  const { DOMException } = host.part("dom-exception");
  const { publish, requireArguments, toSequence } = host.part("web-idl");
  const { Event, EventTarget, defineHandler } = host.part("events");
  const TOKEN = {};
  const LONGEST_DELAY = Number.MAX_SAFE_INTEGER;

  let abort;
  let isSignal;

  class AbortSignal extends EventTarget {
    #aborted = false;
    #reason = undefined;
    // Signals made by `any`, and the signals that such a one follows.
    #dependents = new Set();
    #sources = null;

    static {
      abort = (signal, reason) => signal.#abort(reason);
      isSignal = (value) => typeof value === "object" && value !== null && #aborted in value;
    }

    constructor(token = undefined) {
      if (token !== TOKEN) throw new TypeError("Illegal constructor");
      super();
    }

    #mark(reason) {
      this.#aborted = true;
      this.#reason = reason === undefined ? new DOMException("This operation was aborted", "AbortError") : reason;
    }

    // Every dependent signal is aborted before any listener runs.
    #abort(reason) {
      if (this.#aborted) return;
      this.#mark(reason);
      const dependents = [...this.#dependents].filter((signal) => !signal.#aborted);
      for (const signal of dependents) signal.#mark(this.#reason);
      for (const signal of [this, ...dependents]) signal.dispatchEvent(new Event("abort"));
    }

    #follow(source) {
      this.#sources.add(source);
      source.#dependents.add(this);
    }

    static abort(reason = undefined) {
      const signal = new AbortSignal(TOKEN);
      signal.#mark(reason);
      return signal;
    }

    static timeout(delay) {
      requireArguments(arguments, 1);
      const milliseconds = Math.trunc(Number(delay));
      if (!(milliseconds >= 0 && milliseconds <= LONGEST_DELAY)) throw new TypeError("The delay is out of range");
      const signal = new AbortSignal(TOKEN);
      const onTimeout = () => {
        signal.#abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      };
      host.setTimeout(onTimeout, milliseconds);
      return signal;
    }

    static any(signals) {
      requireArguments(arguments, 1);
      const sources = toSequence(signals);
      if (!sources.every(isSignal)) throw new TypeError("Every signal must be an AbortSignal");
      const result = new AbortSignal(TOKEN);
      const aborted = sources.find((source) => source.#aborted);
      if (aborted) {
        result.#mark(aborted.#reason);
        return result;
      }
      result.#sources = new Set();
      for (const source of sources) {
        // A composite signal is replaced by what it follows, so that no chains build up.
        for (const root of source.#sources ?? [source]) result.#follow(root);
      }
      return result;
    }

    get aborted() { return this.#aborted; }
    get reason() { return this.#reason; }

    throwIfAborted() {
      if (this.#aborted) throw this.#reason;
    }
  }
  defineHandler(AbortSignal, "abort");

  class AbortController {
    #signal = new AbortSignal(TOKEN);

    get signal() { return this.#signal; }
    abort(reason = undefined) { abort(this.#signal, reason); }
  }

  return { AbortController: publish(AbortController), AbortSignal: publish(AbortSignal), isSignal };
})
