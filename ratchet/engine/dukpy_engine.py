"""QuickJS-ng inside dukpy, driven without dukpy's own interpreter class.

The stock class hands the environment and the file system to the script. The extension module needs only an object
with a few methods, and importing it alone costs a tenth of `import dukpy`.
"""

from __future__ import annotations

import importlib.machinery
import json
import os
import sys
from typing import Any

from ratchet.engine import Host, ScriptFault
from ratchet.engine.prelude import Prelude


class DukpyEngine:
    """One QuickJS context, locked down, with the prelude evaluated."""

    name = "dukpy"

    def __init__(self, prelude: Prelude) -> None:
        self._native, self.version = load_extension()
        self._host: Host | None = None
        self._fault: BaseException | None = None
        self._nonce = os.urandom(16).hex()
        # Named by dukpy: the context of this interpreter, and where it looks for modules.
        self._ctx = self._native.create_context()
        self.loader = self
        self._run(f"{prelude.boot_script('dukpy')}; 0", {"nonce": self._nonce})

    def attach(self, host: Host) -> None:
        """Send the prelude's messages to this host from now on."""
        self._host = host

    def limit_memory(self, memory_bytes: int) -> bool:
        """Leave it to the limit on the address space, at which the engine reports a lack of memory by itself."""
        return False

    def deliver(self, event: str, value: str) -> None:
        """Hand an event to the prelude; see `Engine.deliver`."""
        envelope = f'{{"nonce":"{self._nonce}","event":"{event}","value":{value}}}'
        self._evaluate(b"", envelope.encode())

    def evaluate(self, expression: str) -> str | None:
        """Evaluate a script of the host's own and return the JSON text of its value."""
        result = self._evaluate(expression.encode(), b"{}")
        return None if result is None else result.decode("utf-8", "replace")

    def _run(self, script: str, variables: dict[str, Any]) -> None:
        self._evaluate(script.encode(), json.dumps(variables).encode())

    def _evaluate(self, script: bytes, variables: bytes) -> bytes | None:
        try:
            result: bytes | None = self._native.eval_string(self, script, variables, False, "<dukpy>")
        except self._native.JSRuntimeError as error:
            self._raise_fault()
            raise ScriptFault(str(error)) from None
        self._raise_fault()
        return result

    def _raise_fault(self) -> None:
        """Raise what a callback of ours raised; the engine turned it into a script error, which a task can catch."""
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault

    # The three methods that dukpy calls by name. An exception must not pass through the engine unseen.

    def _check_exported_function_exists(self, _name: bytes) -> bool:
        return True

    def _call_python(self, name: bytes, _arguments: bytes) -> bytes | None:
        try:
            if self._fault is not None:
                # The engine has made an error of it, which the prelude now reports like any of the task's.
                raise self._fault
            assert self._host is not None
            text = name.decode("utf-8", "surrogatepass")
            answer = self._host.receive(text[:1], text[1:])
            if answer is None or isinstance(answer, bytes):
                return answer
            return json.dumps(answer).encode()
        except BaseException as error:
            self._fault = error
            raise

    def _normalize_module(self, base: str, specifier: str) -> str:
        assert self._host is not None
        return self._host.resolve_module(base, specifier)

    def load(self, identity: str) -> tuple[str | None, str | None, str]:
        """Answer dukpy's module loader: identity, text and kind."""
        assert self._host is not None
        source = self._host.module_source(identity)
        return (None, None, "module") if source is None else (identity, source, "module")


def load_extension() -> tuple[Any, str]:
    """Load dukpy's extension module without its package, and return it with the distribution's version."""
    package = importlib.machinery.PathFinder.find_spec("dukpy", sys.path)
    if package is None or not package.submodule_search_locations:
        raise ImportError("dukpy is not installed")
    folder = next(iter(package.submodule_search_locations))
    spec = importlib.machinery.PathFinder.find_spec("_dukpy", [folder])
    if spec is None or spec.loader is None:
        raise ImportError(f"dukpy in {folder} has no extension module")
    module = spec.loader.create_module(spec)
    assert module is not None
    spec.loader.exec_module(module)
    return module, _version_beside(folder)


def _version_beside(package_folder: str) -> str:
    """Return the version in the name of the metadata folder; reading metadata properly costs half the start-up."""
    for name in os.listdir(os.path.dirname(package_folder)):
        if name.startswith("dukpy-") and name.endswith(".dist-info"):
            return name[len("dukpy-") : -len(".dist-info")]
    return "unknown"
