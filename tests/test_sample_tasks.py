"""Every sample task runs, or fails, as its cases say."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from inline_snapshot import snapshot

from ratchet import Runtime, Task, load_task, run
from ratchet.cases.load import load_suite
from ratchet.cases.run import Manner, Planned, run_cases
from ratchet.errors import InvalidTask
from ratchet.execution.check import check_task_at
from ratchet.execution.listener import Silent
from ratchet.sandbox.cancellation import Cancellation
from ratchet.values import JsonObject
from tests.zip_samples import ARCHIVES, SAMPLES, zip_sample

BROKEN = "broken-on-purpose"
WRONG = "Two and two do not make five"
NAMES = sorted(path.name for path in SAMPLES.iterdir() if path.is_dir() or path.suffix == ".zip")


def cases_of(task: Task) -> list[JsonObject]:
    files = [data for path, data in task.files.items() if path.startswith("tests/")]
    return [*(json.loads(data) for data in files), *task.metadata.cases]


@pytest.fixture(scope="module")
def runtime() -> Iterator[Runtime]:
    with Runtime() as runtime:
        yield runtime


def test_every_kind_of_sample_is_there() -> None:
    assert (
        snapshot(
            [
                "addition",
                "broken-on-purpose",
                "countdown",
                "delayed-sum",
                "greeting",
                "greeting.zip",
                "look-up",
                "look-up.zip",
                "oauth-token",
                "open-issues",
                "pages",
                "price",
                "slug",
                "weather",
                "webhook-signer",
                "word-count",
            ]
        )
        == NAMES
    )


@pytest.mark.parametrize("name", [name for name in NAMES if name != BROKEN])
def test_a_sample_does_what_its_cases_expect(runtime: Runtime, name: str) -> None:
    task = load_task(SAMPLES / name)
    suite = load_suite(task)
    assert suite.problems == ()
    assert len(suite.cases) >= 2
    planned = [Planned(task, case) for case in suite.cases]
    for result in run_cases(runtime, planned, Manner(jobs=2), Cancellation()):
        assert (result.status == "passed") is (result.case.name != WRONG), (result.case.name, result.reasons)


def test_the_case_that_is_wrong_on_purpose_gets_the_right_sum(runtime: Runtime) -> None:
    task = load_task(SAMPLES / "addition")
    (wrong,) = [case for case in cases_of(task) if case["name"] == WRONG]
    assert run(runtime, task, wrong["input"]).output == {"sum": 4}
    assert wrong["expected_output"] == {"sum": 5}


def test_the_broken_sample_is_refused_with_line_and_column(runtime: Runtime) -> None:
    task = load_task(SAMPLES / BROKEN)
    (case,) = cases_of(task)
    with pytest.raises(InvalidTask) as caught:
        run(runtime, task, case["input"])
    place = caught.value.place
    assert place is not None
    assert place.file == f"{SAMPLES.as_posix()}/{BROKEN}/main.js"
    assert (caught.value.message, place.line, place.column, place.text) == snapshot(
        ("Syntax error: Unexpected token `{`", 4, 26, "  for (const row of rows {")
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_has_no_problems(runtime: Runtime, name: str) -> None:
    _, problems = check_task_at(runtime, SAMPLES / name)
    assert [problem.message for problem in problems] == (
        ["Syntax error: Unexpected token `{`"] if name == BROKEN else []
    )


def test_the_countdown_reports_each_step(runtime: Runtime) -> None:
    reports: list[JsonObject] = []

    class Listener(Silent):
        def progress(self, report: JsonObject) -> None:
            reports.append(report)

    run(runtime, load_task(SAMPLES / "countdown"), {"from": 2, "step_ms": 0}, listener=Listener())
    assert reports == snapshot(
        [
            {"fraction": 0, "step": "2", "message": "2 to go", "data": {"left": 2}},
            {"fraction": 0.5, "step": "1", "message": "1 to go", "data": {"left": 1}},
            {"fraction": 1, "step": "0", "message": "Lift-off", "data": {"left": 0}},
        ]
    )


@pytest.mark.parametrize("archive", ARCHIVES)
def test_an_archive_holds_what_its_folder_holds(archive: str) -> None:
    folder, prefixes = ARCHIVES[archive]
    same = (SAMPLES / archive).read_bytes() == zip_sample(SAMPLES / folder, prefixes)
    assert same, "Run `python tests/zip_samples.py`"
    packed, plain = load_task(SAMPLES / archive), load_task(SAMPLES / folder)
    assert {path: packed.files[path] for path in plain.files} == plain.files
    assert (packed.name, packed.version, packed.input_schema) == (plain.name, plain.version, plain.input_schema)
