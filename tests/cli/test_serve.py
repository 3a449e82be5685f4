"""`ratchet serve` in this process: what it leaves behind where it cannot begin."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command


def test_a_server_that_cannot_begin_looks_after_nothing_any_more(
    ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATCHET_DATA__FOLDER", "data")
    (folder / "ratchet.lock").write_text("{}")
    assert ratchet("serve", "--get", "/health") == snapshot("""\
exit 3
--- stderr
Error: `ratchet.lock` is not a lock file
  --> ratchet.lock
Hint: `ratchet repo refresh` writes it anew once it is deleted
""")
    assert [thread.name for thread in threading.enumerate() if thread.name == "upkeep"] == []
