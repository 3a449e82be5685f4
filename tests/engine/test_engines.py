"""What holds for every engine as such: its version, its confinement, and how its own end is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import wasmtime

from ratchet import Limits, Runtime, run
from ratchet.engine import ENGINES, EngineFault, ScriptFault, open_engine
from ratchet.engine.dukpy_engine import load_extension
from ratchet.engine.installed import installed_version
from ratchet.engine.prelude import Prelude
from ratchet.engine.wasm_engine import translate_trap
from ratchet.sandbox.confine import probe
from tests.conftest import MakeTask, RunSource
from tests.engine.differences import WASM

ON_EACH_ENGINE = True

PASSED_ON = {"dukpy": "0.6.0", "wasm": "0.2.6"}
QUICKJS_IN_DUKPY = "0.11.0"
AGAIN = """
Another version is another engine: its bugs and its differences have to be looked at, not only run. On a quiet machine:
  1. python -m tests.sandbox.hostile.run_corpus 10      no complaint, no script more than a second over its wall
  2. pytest tests/sandbox tests/engine                  bugs in hostile/engine-*.js may be mended: say so in them
  3. python -m tests.engine.idioms.make_expected        no difference
  4. pytest -m benchmark                                memory of a worker, cost of a warm execution
  5. Read the engine's changes for new globals; each is offered, or removed in engine/prelude/primordials.js
Then write the version into tests/engine/test_engines.py.
"""


def test_suites_have_passed_on_this_version_of_the_engine(engine: str) -> None:
    assert PASSED_ON.keys() == set(ENGINES)
    versions = installed_version(engine), open_engine(engine, Prelude()).version
    assert versions == (PASSED_ON[engine],) * 2, AGAIN


def test_suites_have_passed_on_the_quickjs_that_dukpy_holds() -> None:
    # It names its version for a report of memory only, which is not exported.
    binary = Path(load_extension()[0].__file__).read_bytes()
    assert set(re.findall(rb"\0(\d+\.\d+\.\d+)\0", binary)) == {QUICKJS_IN_DUKPY.encode()}, AGAIN


def test_worker_is_confined_as_well_as_this_system_can(run_source: RunSource, engine: str) -> None:
    described = run_source("() => 1").engine
    assert described is not None
    assert (described["name"], described["isolation"]) == (engine, probe().to_json())


def test_input_and_output_of_megabytes_pass(run_source: RunSource) -> None:
    text = "ü" * 1_000_000
    execution = run_source("(text) => text", text)
    assert (execution.error, execution.output == text) == (None, True)


def test_memory_of_one_task_is_not_that_of_the_next(runtime: Runtime, make_task: MakeTask) -> None:
    task = make_task("() => { const a = []; for (let i = 0; i < 20; i++) a.push(new Uint8Array(1 << 20)); return 1 }")
    limits = Limits(memory_bytes=40 << 20)
    assert [run(runtime, task, None, limits=limits).output for _ in range(4)] == [1] * 4


def test_trap_is_a_fault_of_the_engine_unless_the_stack_is_used_up() -> None:
    fault = translate_trap(wasmtime.Trap("wasm trap: out of bounds memory access"))
    assert isinstance(fault, EngineFault)
    assert str(fault) == "WebAssembly stopped: out of bounds memory access"
    store = wasmtime.Store()
    module = wasmtime.Module(store.engine, '(module (func $f (export "f") (call $f)))')
    endless = wasmtime.Instance(store, module, []).exports(store)["f"]
    assert isinstance(endless, wasmtime.Func)
    with pytest.raises(wasmtime.Trap) as stopped:
        endless(store)
    assert isinstance(translate_trap(stopped.value), ScriptFault)


def test_differences_are_told_apart() -> None:
    assert all(difference.dukpy != difference.other and difference.reason for difference in WASM.values())
