"""A file that is locked, and one that cannot be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ratchet.errors import Unavailable
from ratchet.registry.file_lock import try_lock


def test_a_file_is_locked_once(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("ab") as first, path.open("ab") as second:
        assert [try_lock(first), try_lock(second)] == [True, False]
        first.close()
        assert try_lock(second)


def test_a_file_that_cannot_be_locked_is_not_said_to_be_another_ones(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR)
    with open(descriptor, "ab", closefd=False) as file:
        os.close(descriptor)
        with pytest.raises(Unavailable, match="cannot be locked: Bad file descriptor"):
            try_lock(file)
