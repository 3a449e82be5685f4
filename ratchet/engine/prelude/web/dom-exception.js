// DOMException (Web IDL, section 2.8.1). The engine's own class has no options argument and another property shape.
(function (host) {
  "use strict";
  const { defineConstants, publish } = host.part("web-idl");
  const { construct } = Reflect;

  // Constants in the order of their codes, from 1, each with the name of its exception where one is still in use.
  const LEGACY = [
    ["INDEX_SIZE_ERR", "IndexSizeError"], ["DOMSTRING_SIZE_ERR"], ["HIERARCHY_REQUEST_ERR", "HierarchyRequestError"],
    ["WRONG_DOCUMENT_ERR", "WrongDocumentError"], ["INVALID_CHARACTER_ERR", "InvalidCharacterError"],
    ["NO_DATA_ALLOWED_ERR"], ["NO_MODIFICATION_ALLOWED_ERR", "NoModificationAllowedError"],
    ["NOT_FOUND_ERR", "NotFoundError"], ["NOT_SUPPORTED_ERR", "NotSupportedError"],
    ["INUSE_ATTRIBUTE_ERR", "InUseAttributeError"], ["INVALID_STATE_ERR", "InvalidStateError"],
    ["SYNTAX_ERR", "SyntaxError"], ["INVALID_MODIFICATION_ERR", "InvalidModificationError"],
    ["NAMESPACE_ERR", "NamespaceError"], ["INVALID_ACCESS_ERR", "InvalidAccessError"], ["VALIDATION_ERR"],
    ["TYPE_MISMATCH_ERR", "TypeMismatchError"], ["SECURITY_ERR", "SecurityError"], ["NETWORK_ERR", "NetworkError"],
    ["ABORT_ERR", "AbortError"], ["URL_MISMATCH_ERR", "URLMismatchError"],
    ["QUOTA_EXCEEDED_ERR", "QuotaExceededError"], ["TIMEOUT_ERR", "TimeoutError"],
    ["INVALID_NODE_TYPE_ERR", "InvalidNodeTypeError"], ["DATA_CLONE_ERR", "DataCloneError"],
  ];
  const states = new WeakMap();

  function stateOf(exception) {
    const state = states.get(exception);
    if (!state) throw new TypeError("Illegal invocation");
    return state;
  }

  // A function and not a class: an instance must be a true Error, while the constructor must not inherit from Error.
  function DOMException(message = "", options = "Error") {
    if (new.target === undefined) throw new TypeError("Class constructor DOMException cannot be invoked without 'new'");
    const exception = construct(Error, [], new.target);
    const isDictionary = typeof options === "object" && options !== null;
    const name = isDictionary ? (options.name ?? "Error") : options;
    states.set(exception, { message: `${message}`, name: `${name}` });
    if (isDictionary && "cause" in options) {
      Object.defineProperty(exception, "cause", { value: options.cause, writable: true, configurable: true });
    }
    return exception;
  }

  const attributes = {
    get code() {
      const { name } = stateOf(this);
      return LEGACY.findIndex((entry) => entry[1] === name) + 1;
    },
    get message() { return stateOf(this).message; },
    get name() { return stateOf(this).name; },
  };
  const prototype = Object.create(Error.prototype, Object.getOwnPropertyDescriptors(attributes));
  Object.defineProperty(prototype, "constructor", { value: DOMException, writable: true, configurable: true });
  Object.defineProperty(DOMException, "prototype", { value: prototype, writable: false });
  defineConstants(DOMException, Object.fromEntries(LEGACY.map(([constant], index) => [constant, index + 1])));

  function cloneException(exception) {
    const { message, name } = stateOf(exception);
    const copy = new DOMException(message, name);
    Object.defineProperty(copy, "stack", { value: exception.stack, writable: true, configurable: true });
    return copy;
  }

  return { DOMException: publish(DOMException, cloneException) };
})
