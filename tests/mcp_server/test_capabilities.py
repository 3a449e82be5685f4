"""What the server promises, in each era: no change that is not told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.mcp_server.raw_client import MODERN, start_server


@pytest.mark.parametrize("era", ["2025-11-25", "2026-07-28"])
def test_only_changes_that_are_told_are_promised(tasks: Path, era: str) -> None:
    with start_server(tasks, "--tasks", str(tasks)) as client:
        modern = era == "2026-07-28"
        result = client.ask("server/discover", {"_meta": MODERN})["result"] if modern else client.initialize()["result"]
        capabilities: dict[str, Any] = result["capabilities"]
    assert capabilities["tools"] == {"listChanged": True}
    assert capabilities["resources"] == {"listChanged": True, "subscribe": modern}
    assert capabilities["prompts"] == {"listChanged": False}
