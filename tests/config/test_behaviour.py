"""What the keys that bite at run time change."""

from __future__ import annotations

from typing import Any

import pytest

from ratchet import Runtime, run
from ratchet.config.configuration import Configuration
from ratchet.execution.document import Execution
from ratchet.sandbox.pool import Pool
from tests.config.conftest import Load
from tests.conftest import MakeTask

ENDLESS = "() => { while (true) {} }"
CASES: dict[str, tuple[str, str, str]] = {
    "timeout_seconds: 0.2": (ENDLESS, "time_limit", "0.2 s"),
    "cpu_seconds: 1": (ENDLESS, "time_limit", "processor"),
    "memory_bytes: 8388608": ("() => 'x'.repeat(2 ** 25).length", "memory_limit", "8 MB"),
    "output_bytes: 10": ("() => 'more than ten'", "output_limit", "10"),
    "timers: 2": ("() => { for (let i = 0; i < 3; i++) setTimeout(() => 1, 1) }", "count_limit", "2"),
}


def run_under(runtime: Runtime, make_task: MakeTask, configuration: Configuration, files: Any) -> Execution:
    """Run a task under the limits of a configuration."""
    return run(runtime, make_task(files), {}, limits=configuration.limits)


@pytest.mark.parametrize("line", CASES)
def test_a_limit_is_the_one_of_the_file(load: Load, runtime: Runtime, make_task: MakeTask, line: str) -> None:
    source, code, words = CASES[line]
    execution = run_under(runtime, make_task, load(f"execution:\n  {line}\n"), source)
    assert execution.error is not None
    assert execution.error.code == code
    assert words in execution.error.message


def test_a_larger_output_is_allowed_where_the_file_says_so(load: Load, runtime: Runtime, make_task: MakeTask) -> None:
    source = "() => 'x'.repeat(5 * 1024 * 1024)"
    refused = run_under(runtime, make_task, load(""), source)
    assert refused.error is not None
    allowed = run_under(runtime, make_task, load("execution: {output_bytes: 6291456}"), source)
    assert allowed.error is None


@pytest.mark.parametrize(("line", "kept"), [("console_lines: 2", 2), ("console_bytes: 30", 3), ("timers: 1", 5)])
def test_the_console_is_cut_where_the_file_says(
    load: Load, runtime: Runtime, make_task: MakeTask, line: str, kept: int
) -> None:
    source = "() => { for (let i = 0; i < 5; i++) console.log('123456789' + i) }"
    execution = run_under(runtime, make_task, load(f"execution: {{{line}}}"), source)
    assert len(execution.console) == kept


def test_progress_is_passed_on_as_often_as_the_file_says(load: Load, runtime: Runtime, make_task: MakeTask) -> None:
    source = "(input, context) => { for (let i = 1; i <= 5; i++) context.progress(i / 10); return 1 }"
    execution = run_under(runtime, make_task, load("execution: {progress_events: 2}"), source)
    assert execution.progress is not None
    assert execution.progress["fraction"] == 0.2


def test_a_pool_is_as_large_as_the_file_says(load: Load) -> None:
    minimum, maximum = load("execution: {workers: {min: 1, max: 2}}").worker_counts
    with Runtime(pool=Pool(minimum=minimum, maximum=maximum)):
        assert (minimum, maximum) == (1, 2)


def test_transpiled_sources_are_kept_where_the_file_says(load: Load, folder: Any, make_task: MakeTask) -> None:
    task = make_task({"main.ts": "export default (input: object): number => 1"})
    caches = []
    for text in ("cache: {folder: kept}", "cache: {enabled: false, folder: kept}", ""):
        caches.append(load(text).cache("/default"))
    assert [cache and cache.folder for cache in caches] == [str(folder / "kept"), None, "/default"]
    with Runtime(cache=caches[0]) as runtime:
        assert run(runtime, task, {}).output == 1
    assert list((folder / "kept" / "transpiled").iterdir())


@pytest.mark.parametrize(("line", "code"), [("fetches: 1", "count_limit"), ("fetches: 2", None)])
def test_requests_are_as_many_as_the_file_says(
    load: Load, runtime: Runtime, make_task: MakeTask, line: str, code: str | None
) -> None:
    source = "async () => { for (let i = 0; i < 2; i++) await fetch('http://127.0.0.1/').catch(() => 1); return 1 }"
    execution = run_under(runtime, make_task, load(f"execution: {{{line}}}"), source)
    assert (execution.error and execution.error.code) == code


def test_requests_at_a_time_are_as_many_as_the_file_says(load: Load) -> None:
    assert load("execution: {fetches_in_flight: 2}").limits.fetches_in_flight == 2
