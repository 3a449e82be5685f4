"""The lock file: stable, and refused when it is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchet.errors import InvalidConfig, NotPermitted
from ratchet.registry.lock import Lock, Pin, check_pinned, load_lock, save_lock
from ratchet.task.load import load_task
from ratchet.task.model import Permissions
from tests.repositories import write_task


def test_a_lock_is_what_was_saved_whatever_the_order(folder: Path) -> None:
    pins = (
        Pin("b", "x", "1.0.0", "sha256:1", Permissions(net=("a.example", "b.example"), secrets=("T",))),
        Pin("a", "y", "1.10.0", "sha256:2", Permissions(methods=("GET",), tasks=("x",))),
        Pin("a", "y", "1.9.0", "sha256:3", Permissions(net=())),
    )
    save_lock(Lock("ratchet.lock", ("b", "a"), pins))
    text = (folder / "ratchet.lock").read_text()
    loaded = load_lock("ratchet.lock")
    assert set(loaded.pins) == set(pins)
    save_lock(Lock("ratchet.lock", ("a", "b"), pins[::-1]))
    assert (folder / "ratchet.lock").read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"version": 2, "sources": [], "tasks": []}',
        '{"version": 1, "sources": 5, "tasks": []}',
        '{"version": 1, "sources": [], "tasks": [{"name": "x"}]}',
        '{"version": 1, "sources": [], "tasks": [{"source": 1, "name": "x", "version": "1.0.0", "digest": "x", '
        '"permissions": {"net": null, "methods": null, "secrets": [], "tasks": []}}]}',
    ],
)
def test_what_is_no_lock_is_refused(folder: Path, text: str) -> None:
    (folder / "ratchet.lock").write_text(text)
    with pytest.raises(InvalidConfig):
        load_lock("ratchet.lock")


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (Permissions(net=("a.example",)), {"net": ["a.example", "b.example"]}, "permissions.net: `b.example` is new"),
        (Permissions(net=("a.example",)), {"net": []}, "permissions.net: `a.example` is gone"),
        (Permissions(net=()), {}, "permissions.net: no longer says what it needs: anything that the operator allows"),
        (Permissions(), {"net": []}, "permissions.net: says what it needs: nothing"),
        (Permissions(), {"secrets": ["TOKEN"]}, "permissions.secrets: `TOKEN` is new"),
        (Permissions(), {"tasks": ["other"]}, "permissions.tasks: `other` is new"),
    ],
)
def test_other_permissions_are_named(folder: Path, before: Permissions, now: dict[str, list[str]], change: str) -> None:
    task = load_task(write_task(folder, permissions=now))
    lock = Lock("ratchet.lock", ("a",), (Pin("a", "total", "1.0.0", task.digest, before),))
    with pytest.raises(NotPermitted) as caught:
        check_pinned(lock, "a", task)
    assert [f"{problem.pointer}: {problem.message}" for problem in caught.value.problems] == [change]
