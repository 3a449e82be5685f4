"""Asynchronous idioms log the same lines in the same order as in Node."""

from __future__ import annotations

import pytest

from ratchet import Limits
from tests.conftest import RunSource
from tests.engine.idioms.idiom_files import as_task, load_expected, load_idioms

ON_EACH_ENGINE = True

IDIOMS = load_idioms()
EXPECTED = load_expected()
LIMITS = Limits(timeout_seconds=90, cpu_seconds=60)


@pytest.mark.parametrize("name", IDIOMS)
def test_idiom_behaves_as_in_node(run_source: RunSource, name: str) -> None:
    execution = run_source(as_task(IDIOMS[name]), None, LIMITS)
    assert execution.error is None
    assert execution.output == EXPECTED[name]


def test_there_are_28_idioms_and_each_has_been_run_in_node() -> None:
    assert len(IDIOMS) >= 28
    assert list(IDIOMS) == list(EXPECTED)
