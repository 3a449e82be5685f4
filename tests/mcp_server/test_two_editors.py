"""Two clients, each with a server of its own, that change the tasks of one folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.mcp_server.calling import call
from tests.mcp_server.conftest import write_tasks
from tests.mcp_server.raw_client import RawClient, start_server

_EDITS = 12


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tasks(tmp_path_factory.mktemp("shared") / "tasks")


@pytest.fixture(scope="module")
def editors(folder: Path) -> Iterator[list[RawClient]]:
    with ExitStack() as stack:
        editors = [stack.enter_context(start_server(folder.parent, "--tasks", str(folder))) for _ in range(2)]
        for editor in editors:
            editor.initialize()
        yield editors


def test_who_comes_later_is_told_and_can_go_on(editors: list[RawClient]) -> None:
    ada, bob = editors
    seen = call(ada, "describe_task", task="total")["digest"]
    assert call(bob, "describe_task", task="total")["digest"] == seen
    changed = call(ada, "edit_task", task="total", description="Sums up", if_digest=seen)
    refused = call(bob, "edit_task", task="total", description="Adds", if_digest=seen)["error"]
    assert refused["code"] == "precondition_failed"
    assert refused["message"] == f"`total` has been changed in between: it is `{changed['digest']}` now"
    assert refused["hint"] == snapshot(
        'Call `describe_task {"task": "total"}`, and change that, with its `digest` as `if_digest`'
    )
    for tool, more in (("delete_task", {}), ("create_task_version", {"version": "9.0.0"})):
        assert call(bob, tool, task="total", if_digest=seen, **more)["error"]["code"] == "precondition_failed"
    now = call(bob, "describe_task", task="total")
    assert (now["digest"], now["description"]) == (changed["digest"], "Sums up")
    assert call(bob, "edit_task", task="total", tags=["sums"], if_digest=now["digest"])["former"]
    # Who does not say what he has seen changes what is there.
    assert call(ada, "edit_task", task="total", version="2.0.0")["digest"]
    both = call(ada, "describe_task", task="total")
    assert (both["tags"], both["version"], both["description"]) == (["sums"], "2.0.0", "Sums up")


def test_edits_at_the_same_time_are_made_one_after_the_other(editors: list[RawClient]) -> None:
    for number in range(_EDITS):
        for name, editor in zip("ab", editors, strict=True):
            arguments = {"task": "total", "files": {f"lib/{name}{number}.js": "export {};\n"}}
            editor.send("tools/call", {"name": "edit_task", "arguments": arguments})
    for editor in editors:
        answers = 0
        while answers < _EDITS:
            message = editor.read()
            if "id" in message:
                assert not message["result"].get("isError"), message
                answers += 1
    files = call(editors[0], "describe_task", task="total")["files"]
    assert {f"lib/{name}{number}.js" for name in "ab" for number in range(_EDITS)} <= {*files}
