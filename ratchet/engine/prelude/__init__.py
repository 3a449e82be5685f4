"""The host API in JavaScript: parts that every context starts with, and parts that load when first touched."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping

EAGER = (
    "primordials",
    "promises",
    "lazy",
    "time",
    "clock",
    "timers",
    "console",
    "random",
    "modules",
    "ask",
    "context",
    "outcome",
    "entry",
)
OWN_LAZY = ("errors", "format", "fetch", "ran")
_FOLDER = os.path.dirname(__file__)
_ERRORS = (
    "AuthenticationError",
    "AuthorizationError",
    "RateLimitError",
    "ServiceUnavailableError",
    "HttpError",
    "NetworkError",
    "ValidationError",
    "ConfigurationError",
    "TimeoutError",
    "DataError",
)


class Prelude:
    """The text of every part, read once and kept, because a confined worker opens no file."""

    def __init__(self) -> None:
        web: Mapping[str, str] = json.loads(_read("web/index.json"))
        self.lazy_globals: dict[str, str] = {**dict.fromkeys(_ERRORS, "errors"), "fetch": "fetch", **web}
        self.lazy_parts = {name: _read(f"{name}.js") for name in OWN_LAZY}
        for file in os.listdir(os.path.join(_FOLDER, "web")):
            if file.endswith(".js"):
                self.lazy_parts[file.removesuffix(".js")] = _read(f"web/{file}")
        self.eager_parts = [_read(f"{name}.js") for name in EAGER]

    def boot_script(self, adapter: str) -> str:
        """Return the expression in which the adapter part of an engine runs all the eager parts."""
        table = f"(host) => host.lazyGlobals({json.dumps(self.lazy_globals)})"
        return f"{_read(f'{adapter}.js')}([{','.join([*self.eager_parts, table])}])"


def host_globals() -> frozenset[str]:
    """Return the names of every global that the host adds to the language."""
    eager = (
        "console",
        "global",
        "reportProgress",
        "setTimeout",
        "setInterval",
        "setImmediate",
        "clearTimeout",
        "clearInterval",
        "clearImmediate",
        "queueMicrotask",
        "DOMException",
        "fetch",
    )
    return frozenset(eager) | frozenset(_ERRORS) | frozenset(json.loads(_read("web/index.json")))


def _read(path: str) -> str:
    with open(os.path.join(_FOLDER, path), encoding="utf-8") as file:
        return file.read()
