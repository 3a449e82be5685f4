"""Every hostile script ends in time, in the error it must end in, and the next execution notices nothing."""

from __future__ import annotations

import os
import sys

import pytest

from ratchet import Runtime
from ratchet.sandbox.pool import Pool
from tests.conftest import MakeTask
from tests.sandbox.hostile.corpus import load_scripts, run_scripts
from tests.sandbox.processes import assert_gone, descendants_of, watch_descendants

SCRIPTS = load_scripts()
KINDS = sorted({script.kind for script in SCRIPTS})
AT_ONCE = 4


@pytest.mark.parametrize("kind", KINDS)
def test_every_script_ends_as_it_must(runtime: Runtime, make_task: MakeTask, kind: str) -> None:
    scripts = [script for script in SCRIPTS if script.kind == kind]
    ended = run_scripts(runtime, make_task, scripts, AT_ONCE)
    assert [complaint for end in ended for complaint in end.complaints()] == []
    assert len(ended) == len(scripts)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc, and only Linux has a zygote")
def test_no_worker_is_left_when_the_scripts_have_ended(make_task: MakeTask) -> None:
    before = set(descendants_of(os.getpid()))
    scripts = [script for script in SCRIPTS if script.name.startswith("native-index")]
    with Runtime(pool=Pool("zygote")) as runtime:
        run_scripts(runtime, make_task, scripts, AT_ONCE)
        watched = watch_descendants(os.getpid(), besides=before)
    assert watched
    assert_gone(watched, seconds=1)


def test_there_are_90_scripts_and_each_kind_of_end() -> None:
    assert len(SCRIPTS) >= 90
    assert {end for script in SCRIPTS for end in script.ends} >= {
        "CountLimit", "EngineCrash", "InvalidOutput", "MemoryLimit", "NeverSettled", "OutputLimit", "ScriptError",
        "TimeLimit", "completed",
    }  # fmt: skip
