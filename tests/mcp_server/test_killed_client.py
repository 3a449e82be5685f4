"""A client that is killed leaves no process, wherever it was."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.mcp_server.killing import STEPS, start_client

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes")


@pytest.mark.parametrize("step", STEPS)
def test_a_client_that_is_killed_leaves_no_process(tasks: Path, step: str) -> None:
    with start_client(tasks) as client:
        client.kill_at(step)
        client.assert_nothing_left()
