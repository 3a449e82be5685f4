"""QuickJS-ng as WebAssembly, by quickjs-rs under wasmtime: what breaks the engine breaks nothing but its own memory.

The package keeps a wasmtime engine for itself, which compiles on several threads. Ours is put in its place first: one
thread can be forked, and Landlock binds all of it. Running microtasks and capping the memory are private too, so the
version of the package is pinned.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import quickjs_rs
import wasmtime
from quickjs_rs import _wasmtime

from ratchet.engine import EngineFault, Host, ScriptFault
from ratchet.engine.prelude import Prelude

# As much as wasmtime grants; calls nest four times as deep as with its default.
_STACK_BYTES = 2 * 1024 * 1024
_BRIDGE = "ratchet:send"
_ESCAPED = '"'
_STACK_OVERFLOW = "RangeError: Maximum call stack size exceeded"


class WasmEngine:
    """One QuickJS context in a WebAssembly instance of its own, with the prelude evaluated."""

    name = "wasm"
    version = quickjs_rs.__version__

    def __init__(self, prelude: Prelude) -> None:
        self._host: Host | None = None
        self._fault: BaseException | None = None
        self._context = open_context(self._normalize_module, self._load_module)
        self._context.register(_BRIDGE, self._receive)
        self._deliver = self._context.eval_handle(prelude.boot_script("wasm"))

    def attach(self, host: Host) -> None:
        """Send the prelude's messages to this host from now on."""
        self._host = host

    def limit_memory(self, memory_bytes: int) -> bool:
        """Let the instance's memory grow by this much from now on."""
        instance = self._context._engine_ctx._inst
        instance.store.set_limits(memory_size=instance.mem.data_len(instance.store) + memory_bytes)
        return True

    def deliver(self, event: str, value: str) -> None:
        """Hand an event to the prelude; see `Engine.deliver`."""
        self._guarded(lambda: self._deliver.call(event, value).dispose())
        while self._guarded(self._context._engine_ctx.run_pending_jobs):
            pass

    def evaluate(self, expression: str) -> str | None:
        """Evaluate a script of the host's own and return the JSON text of its value."""
        text: str | None = self._guarded(lambda: self._context.eval(f"JSON.stringify({expression}\n)"))
        return text

    def _guarded(self, enter: Any) -> Any:
        """Enter the instance, and translate how it comes back."""
        try:
            result = enter()
        except wasmtime.Trap as trap:
            self._raise_fault()
            raise translate_trap(trap) from None
        except quickjs_rs.QuickJSError as error:
            self._raise_fault()
            raise ScriptFault(_describe(error)) from None
        self._raise_fault()
        return result

    def _raise_fault(self) -> None:
        """Raise what a callback of ours raised; the package turned it into a script error, which a task can catch."""
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault

    def _receive(self, message: str) -> str | None:
        try:
            if self._fault is not None:
                raise self._fault
            assert self._host is not None
            text = json.loads(message[1:]) if message[1] == _ESCAPED else message[2:]
            answer = self._host.receive(message[0], text)
            if isinstance(answer, bytes):
                return answer.decode("utf-8", "replace")
            return None if answer is None else json.dumps(answer)
        except BaseException as error:
            self._fault = error
            raise

    def _normalize_module(self, base: str, specifier: str) -> str:
        assert self._host is not None
        return self._host.resolve_module(base, specifier)

    def _load_module(self, identity: str) -> str | None:
        assert self._host is not None
        return self._host.module_source(identity)


def open_context(normalize: Callable[[str, str], str], load: Callable[[str], str | None]) -> Any:
    """Return a bare context, a `quickjs_rs.Context`, that loads modules in this way."""
    if _wasmtime._SHARED_ENGINE is None:
        _wasmtime._SHARED_ENGINE = _single_threaded_engine()
    runtime = quickjs_rs.Runtime(memory_limit=None, stack_limit=None)
    runtime.set_module_loader(normalize=normalize, load=load, transform_flags=quickjs_rs.SourceTransform.NONE)
    # The clocks of the worker and of its parent are the ones that end a task.
    return runtime.new_context(timeout=math.inf)


def _single_threaded_engine() -> wasmtime.Engine:
    config = wasmtime.Config()
    config.parallel_compilation = False
    config.max_wasm_stack = _STACK_BYTES
    return wasmtime.Engine(config)


def translate_trap(trap: wasmtime.Trap) -> Exception:
    """Name the end of an instance; nothing of it can go on, not even what would catch an error."""
    if trap.trap_code is wasmtime.TrapCode.STACK_OVERFLOW:
        return ScriptFault(_STACK_OVERFLOW)
    return EngineFault(f"WebAssembly stopped: {trap.message.rpartition('wasm trap: ')[2].strip()}")


def _describe(error: quickjs_rs.QuickJSError) -> str:
    if isinstance(error, quickjs_rs.JSError):
        return f"{error.name}: {error.message}\n{error.stack or ''}".rstrip()
    return f"InternalError: {error}"
