"""An engine without the prelude, for what is said about the engine itself and about texts that never run."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ratchet.engine
from ratchet.engine.dukpy_engine import load_extension
from ratchet.engine.wasm_engine import open_context

_ENGINE = Path(ratchet.engine.__file__).parent

_RUN = """
(async () => {
  const say = globalThis.call_python;
  const { script, module, input } = dukpy;
  globalThis.console = { log() {} };
  globalThis.module = { exports: null };
  try {
    let entry;
    if (module !== null) { const loaded = await import(module); entry = loaded.default ?? loaded.main; }
    else { const value = (0, eval)(script); entry = globalThis.module.exports ?? value; }
    entry = entry.main ?? entry;
    await entry(input, {});
    say('{}');
  } catch (error) {
    say(JSON.stringify({ name: `${error.name}`, message: `${error.message}`, stack: `${error.stack}` }));
  }
})();
0
"""


@functools.cache
def _extension() -> Any:
    return load_extension()[0]


class BareEngine:
    """One context of QuickJS, with modules from memory and one way to speak."""

    def __init__(self, modules: Mapping[str, str] | None = None) -> None:
        self._dukpy = _extension()
        self._ctx = self._dukpy.create_context()
        self._modules = dict(modules or {})
        self.loader = self
        self.said: list[str] = []

    def _check_exported_function_exists(self, name: str) -> bool:
        return True

    def _call_python(self, name: str, arguments: str) -> None:
        self.said.append(name)

    def _normalize_module(self, base: str, name: str) -> str:
        return name.removeprefix("./")

    def load(self, name: str) -> tuple[str | None, str | None, str | None]:
        """Give the engine the text of a module."""
        text = self._modules.get(name)
        return (None, None, None) if text is None else (name, text, "module")

    def evaluate(self, code: str, value: Any = None) -> Any:
        """Evaluate a script that sees a value as `dukpy`; return what it gives, by JSON."""
        result = self._dukpy.eval_string(self, code.encode(), json.dumps(value).encode(), False, "<dukpy>")
        return None if result is None else json.loads(result)


class SourceReader:
    """The parser and the type stripper in a bare engine, as a worker loads them."""

    def __init__(self) -> None:
        self._engine = BareEngine()
        for name, file in (
            ("acorn", "vendor/acorn.js"),
            ("sucrase", "vendor/sucrase.js"),
            ("inspect", "inspect.js"),
            ("transpile", "transpile.js"),
        ):
            self._engine.evaluate(f"globalThis.{name} = {(_ENGINE / file).read_text('utf-8')}; 1")

    def inspect(self, request: Any) -> Any:
        """Answer a request of `ratchet.engine.source.inspect_request`."""
        return self._engine.evaluate("inspect(acorn, dukpy)", request)

    def transpile(self, request: Any) -> Any:
        """Answer a request of `ratchet.engine.source.transpile_request`."""
        return self._engine.evaluate("transpile(sucrase, dukpy)", request)


class BareWasm:
    """The same as `BareEngine`, in WebAssembly."""

    def __init__(self, modules: Mapping[str, str] | None = None) -> None:
        known = dict(modules or {})
        self.said: list[str] = []
        self._context = open_context(lambda _base, name: name.removeprefix("./"), known.get)
        self._context.register("call_python", self._say)

    def _say(self, text: str) -> None:
        self.said.append(text)

    def evaluate(self, code: str, value: Any = None) -> None:
        """Evaluate a script that sees a value as `dukpy`, and every microtask of it."""
        self._context.eval(f"globalThis.dukpy = {json.dumps(value)};\n{code}")
        while self._context._engine_ctx.run_pending_jobs():
            pass


_BARE: dict[str, type[BareEngine] | type[BareWasm]] = {"dukpy": BareEngine, "wasm": BareWasm}


def run_and_fail(
    engine_name: str,
    *,
    script: str | None = None,
    module: str | None = None,
    modules: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Run a script or a module with an empty input and return what it threw."""
    engine = _BARE[engine_name](modules)
    engine.evaluate(_RUN, {"script": script, "module": module, "input": {}})
    answer: dict[str, str] = json.loads(engine.said[0])
    return answer
