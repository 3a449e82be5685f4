"""From the shell to the result, and to the help text."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Results, command, compare

pytestmark = pytest.mark.benchmark

_RATCHET = os.path.join(os.path.dirname(sys.executable), "ratchet")
_SAME_WORK = "const input = JSON.parse(process.argv[1]); console.log(JSON.stringify({ sum: input.num1 + input.num2 }))"
_INPUT = '{"num1": 5, "num2": 10}'


def test_run_once_is_near_node_on_the_same_work(results: Results) -> None:
    node = shutil.which("node")
    assert node is not None, "this benchmark needs `node`"
    ratio = compare(
        command(_RATCHET, "run-once", "sample_tasks/addition", "--input", _INPUT),
        command(node, "-e", _SAME_WORK, _INPUT),
    )
    results.record("run-once / node -e", ratio, 1.5, "times")


def test_help_costs_little_more_than_importing_typer(results: Results) -> None:
    ratio = compare(command(_RATCHET, "--help"), command(sys.executable, "-c", "import typer"))
    results.record("--help / import typer", ratio, 1.3, "times")


@pytest.mark.parametrize(
    ("name", "words", "bar"),
    [
        ("validate, JavaScript", ["validate", "sample_tasks/addition"], 1.5),
        ("validate, TypeScript", ["validate", "sample_tasks/word-count"], 1.5),
        (
            "validate, three tasks",
            ["validate", "sample_tasks/slug", "sample_tasks/price", "sample_tasks/greeting"],
            1.5,
        ),
        ("run-once, TypeScript", ["run-once", "sample_tasks/word-count", "--input", '{"text": "a b"}'], 1.2),
    ],
)
def test_first_run_against_the_second(
    results: Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: list[str], bar: float
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    again = command(_RATCHET, *words)

    def first() -> None:
        shutil.rmtree(tmp_path / "ratchet", ignore_errors=True)
        again()

    # The first of each pair fills the cache that the second finds.
    results.record(f"{name}, first / second run", compare(first, again), bar, "times", above=True)
