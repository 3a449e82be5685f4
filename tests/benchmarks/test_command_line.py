"""From the shell to the result, and to the help text."""

from __future__ import annotations

import os
import shutil
import sys

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
