// The ten typed errors that tasks may throw and that `fetch` throws.
(function (host) {
  "use strict";
  const { defineProperty, String } = host.primordials;
  const hide = (target, name, value) =>
    defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });

  function define(name, status) {
    const Class = {
      [name]: class extends Error {
        constructor(message = "", options = undefined) {
          super(message, options);
          const own = (options && options.status) ?? status;
          if (own !== undefined) this.status = own;
        }
      },
    }[name];
    hide(Class.prototype, "name", name);
    return Class;
  }

  class HttpError extends Error {
    constructor(status, message = `HTTP ${String(status)}`, options = undefined) {
      super(message, options);
      this.status = status;
    }
  }
  hide(HttpError.prototype, "name", "HttpError");

  return {
    AuthenticationError: define("AuthenticationError", 401),
    AuthorizationError: define("AuthorizationError", 403),
    RateLimitError: define("RateLimitError", 429),
    ServiceUnavailableError: define("ServiceUnavailableError", 503),
    HttpError,
    NetworkError: define("NetworkError"),
    ValidationError: define("ValidationError"),
    ConfigurationError: define("ConfigurationError"),
    TimeoutError: define("TimeoutError"),
    DataError: define("DataError"),
  };
})
