// Event and EventTarget (DOM Standard, section 2) for targets that have no parents.
(function (host) {
  "use strict";
  const { defineConstants, isObject, publish, requireArguments, toDictionary } = host.part("web-idl");
  const NONE = 0;
  const AT_TARGET = 2;

  let dispatchOf;

  class Event {
    #type;
    #bubbles;
    #cancelable;
    #composed;
    #time = host.elapsed();
    // What dispatching changes.
    #dispatch = {
      target: null, phase: NONE, active: false, canceled: false, passive: false, propagationStopped: false,
      stopped: false,
    };

    static { dispatchOf = (event) => event.#dispatch; }

    constructor(type, eventInitDict = undefined) {
      requireArguments(arguments, 1);
      const { bubbles, cancelable, composed } = toDictionary(eventInitDict);
      this.#type = `${type}`;
      this.#bubbles = Boolean(bubbles);
      this.#cancelable = Boolean(cancelable);
      this.#composed = Boolean(composed);
    }

    get type() { return this.#type; }
    get target() { return this.#dispatch.target; }
    get srcElement() { return this.#dispatch.target; }
    get currentTarget() { return this.#dispatch.phase === NONE ? null : this.#dispatch.target; }
    get eventPhase() { return this.#dispatch.phase; }
    get bubbles() { return this.#bubbles; }
    get cancelable() { return this.#cancelable; }
    get composed() { return this.#composed; }
    get timeStamp() { return this.#time; }
    get isTrusted() { return false; }
    get defaultPrevented() { return this.#dispatch.canceled; }
    get returnValue() { return !this.#dispatch.canceled; }
    get cancelBubble() { return this.#dispatch.propagationStopped; }
    set cancelBubble(value) { if (value) this.stopPropagation(); }

    composedPath() { return this.#dispatch.phase === NONE ? [] : [this.#dispatch.target]; }
    preventDefault() { if (this.#cancelable && !this.#dispatch.passive) this.#dispatch.canceled = true; }
    stopPropagation() { this.#dispatch.propagationStopped = true; }
    stopImmediatePropagation() {
      this.stopPropagation();
      this.#dispatch.stopped = true;
    }
  }
  defineConstants(Event, { NONE, CAPTURING_PHASE: 1, AT_TARGET, BUBBLING_PHASE: 3 });

  function readListenerOptions(options) {
    if (!isObject(options)) return { capture: Boolean(options), once: false, passive: false, signal: null };
    const { capture, once, passive, signal } = options;
    return { capture: Boolean(capture), once: Boolean(once), passive: Boolean(passive), signal: signal ?? null };
  }

  function isListener(callback) {
    if (callback === null || callback === undefined) return false;
    if (!isObject(callback)) throw new TypeError("The listener must be a function or an object with handleEvent");
    return true;
  }

  function describeThrown(error) {
    try {
      return error instanceof Error && error.stack ? `${error}\n${error.stack}` : String(error);
    } catch {
      return "a value that cannot be shown";
    }
  }

  // A listener that throws does not stop the others; the web shows its error in the console.
  function callListener({ callback }, target, event) {
    try {
      if (typeof callback === "function") Reflect.apply(callback, target, [event]);
      else callback.handleEvent(event);
    } catch (error) {
      host.log("error", `An event listener threw ${describeThrown(error)}`);
    }
  }

  let addHandler;

  class EventTarget {
    #listeners = [];

    static { addHandler = (target, type, callback) => target.#add(type, callback, readListenerOptions()); }

    #find(type, callback, capture) {
      return this.#listeners.findIndex((listener) =>
        listener.type === type && listener.callback === callback && listener.capture === capture);
    }

    #add(type, callback, options) {
      if (this.#find(type, callback, options.capture) >= 0) return;
      this.#listeners.push({ type, callback, ...options, removed: false });
    }

    #remove(index) {
      if (index < 0) return;
      this.#listeners[index].removed = true;
      this.#listeners.splice(index, 1);
    }

    addEventListener(type, listener, options = undefined) {
      this.#listeners;
      requireArguments(arguments, 2);
      const settings = readListenerOptions(options);
      if (!isListener(listener) || settings.signal?.aborted) return;
      this.#add(`${type}`, listener, settings);
      const remove = () => this.removeEventListener(type, listener, settings);
      settings.signal?.addEventListener("abort", remove, { once: true });
    }

    removeEventListener(type, listener, options = undefined) {
      this.#listeners;
      requireArguments(arguments, 2);
      this.#remove(this.#find(`${type}`, listener, readListenerOptions(options).capture));
    }

    dispatchEvent(event) {
      this.#listeners;
      requireArguments(arguments, 1);
      if (!(event instanceof Event)) throw new TypeError("The event must be an Event");
      const dispatch = dispatchOf(event);
      if (dispatch.active) {
        const { DOMException } = host.part("dom-exception");
        throw new DOMException("The event is already being dispatched.", "InvalidStateError");
      }
      Object.assign(dispatch, { target: this, phase: AT_TARGET, active: true });
      this.#invoke(event, dispatch);
      Object.assign(dispatch, { phase: NONE, active: false, stopped: false, propagationStopped: false });
      return !dispatch.canceled;
    }

    #invoke(event, dispatch) {
      const called = this.#listeners.filter((listener) => listener.type === event.type);
      // Listeners for the capturing phase run first, at the target too.
      for (const listener of [...called.filter((one) => one.capture), ...called.filter((one) => !one.capture)]) {
        if (dispatch.stopped) return;
        if (listener.removed) continue;
        if (listener.once) this.#remove(this.#listeners.indexOf(listener));
        dispatch.passive = listener.passive;
        callListener(listener, this, event);
        dispatch.passive = false;
      }
    }
  }

  // Defines an `on…` attribute, which is one listener that can be replaced without losing its turn.
  function defineHandler(Class, type) {
    const handlers = new WeakMap();
    Object.defineProperty(Class.prototype, `on${type}`, {
      get() { return handlers.get(this)?.callback ?? null; },
      set(value) {
        const callback = isObject(value) ? value : null;
        const known = handlers.get(this);
        if (known) {
          known.callback = callback;
          return;
        }
        const handler = { callback };
        const listener = function (event) {
          if (typeof handler.callback === "function") Reflect.apply(handler.callback, this, [event]);
        };
        addHandler(this, type, listener);
        handlers.set(this, handler);
      },
      configurable: true,
    });
  }

  return { Event: publish(Event), EventTarget: publish(EventTarget), defineHandler };
})
