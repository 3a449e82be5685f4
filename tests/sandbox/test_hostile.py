"""Every hostile script ends in time, in the error it must end in, and the next execution notices nothing."""

from __future__ import annotations

import os
import sys

import pytest

from ratchet import Runtime
from ratchet.engine import ENGINES
from ratchet.sandbox.pool import Pool
from tests.conftest import MakeTask
from tests.engine.differences import WASM
from tests.sandbox.hostile.corpus import load_scripts, run_scripts
from tests.sandbox.processes import assert_gone, children_of, watch, watch_descendants

ON_EACH_ENGINE = True

SCRIPTS = {engine: load_scripts(engine) for engine in ENGINES}
USUAL = SCRIPTS[ENGINES[0]]
KINDS = sorted({script.kind for script in USUAL})
AT_ONCE = 4


@pytest.mark.parametrize("kind", KINDS)
def test_every_script_ends_as_it_must(runtime: Runtime, make_task: MakeTask, engine: str, kind: str) -> None:
    scripts = [script for script in SCRIPTS[engine] if script.kind == kind]
    ended = run_scripts(runtime, make_task, scripts, AT_ONCE)
    assert [complaint for end in ended for complaint in end.complaints()] == []
    assert len(ended) == len(scripts)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and only Linux has a zygote")
def test_no_worker_is_left_when_the_scripts_have_ended(make_task: MakeTask, engine: str) -> None:
    before = set(children_of(os.getpid()))
    scripts = [script for script in SCRIPTS[engine] if script.name.startswith("native-index")]
    with Runtime(pool=Pool("zygote", engine=engine)) as runtime:
        run_scripts(runtime, make_task, scripts, AT_ONCE)
        # The pool that other tests share starts workers of its own meanwhile.
        [zygote] = set(children_of(os.getpid())) - before
        watched = [watch(zygote), *watch_descendants(zygote)]
    assert_gone(watched)


def test_there_are_90_scripts_and_each_kind_of_end() -> None:
    assert len(USUAL) >= 90
    assert {end for script in USUAL for end in script.ends} >= {
        "CountLimit", "EngineCrash", "InvalidOutput", "MemoryLimit", "NeverSettled", "OutputLimit", "ScriptError",
        "TimeLimit", "completed",
    }  # fmt: skip


def test_another_end_on_another_engine_is_explained() -> None:
    unexplained = [
        script.name
        for usual, script in zip(USUAL, SCRIPTS["wasm"], strict=True)
        if ((usual.ends, usual.output) != (script.ends, script.output)) != (script.why in WASM)
    ]
    assert unexplained == []
