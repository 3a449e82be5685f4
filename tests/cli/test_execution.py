"""Executions are kept where the configuration says, and looked at from the shell."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from resource import RLIMIT_FSIZE, setrlimit
from typing import Any

import pytest
from inline_snapshot import snapshot

from ratchet.errors import Unavailable
from tests.cli.conftest import Command, MakeTask
from tests.postgres import Postgres

Kept = Callable[..., str]
SOURCE = """(input) => {
  console.log("adding");
  if (input.name === "nobody") throw new TypeError("no name");
  return { total: 2 };
}
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RATCHET_DATA__FOLDER", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def without_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be without the extra."""
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "alembic" else find(name))


def plain(reply: str) -> str:
    """Return a reply without what is different each time."""
    reply = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>", reply)
    reply = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<time>", reply)
    reply = re.sub(r"sha256:[0-9a-f]{64}", "<digest>", reply)
    return re.sub(r"\d+ ms", "<n> ms", re.sub(r"/\S*/(work|data)\b", r"<\1>", reply))


def ids(ratchet: Command, *options: str) -> list[str]:
    rows = json.loads(ratchet("execution", "list", "--json", *options).partition("--- stdout\n")[2])
    return [row["id"] for row in rows]


def three_runs(ratchet: Command, make_task: MakeTask) -> None:
    make_task(SOURCE)
    make_task("(input) => null", name="other")
    assert ratchet("run-once", "total").startswith("exit 0\n")
    assert ratchet("run-once", "total", "--set", "name=nobody").startswith("exit 1\n")
    assert ratchet("run-once", "other").startswith("exit 0\n")


@pytest.mark.usefixtures("data")
def test_executions_are_listed_the_newest_first(ratchet: Command, make_task: MakeTask) -> None:
    three_runs(ratchet, make_task)
    assert plain(ratchet("execution", "list")) == snapshot("""\
exit 0
--- stdout
<id>  <time>  other@1.2.3  completed             <n> ms
<id>  <time>  total@1.2.3  failed: script_error  <n> ms
<id>  <time>  total@1.2.3  completed             <n> ms
""")
    assert plain(ratchet("execution", "list", "--limit", "1")) == snapshot("""\
exit 0
--- stdout
<id>  <time>  other@1.2.3  completed  <n> ms
--- stderr
Hint: `--after <id>` shows the next ones
""")


@pytest.mark.usefixtures("data", "without_store")
def test_without_the_extra_the_folder_is_read(ratchet: Command, make_task: MakeTask, data: Path) -> None:
    three_runs(ratchet, make_task)
    assert len(ids(ratchet)) == 3
    assert len(ids(ratchet, "--status", "failed")) == 1
    assert sorted(path.name for path in data.iterdir()) == ["executions"]


@pytest.mark.usefixtures("data")
def test_filters_and_pages(ratchet: Command, make_task: MakeTask) -> None:
    three_runs(ratchet, make_task)
    third, second, first = ids(ratchet)
    assert ids(ratchet, "--task", "total") == [second, first]
    assert ids(ratchet, "--status", "failed") == [second]
    assert ids(ratchet, "--task", "total", "--status", "completed") == [first]
    assert ids(ratchet, "--since", "1h") == [third, second, first]
    assert ids(ratchet, "--until", "1h") == []
    assert ids(ratchet, "--until", "2026-01-31") == []
    assert ids(ratchet, "--limit", "2", "--after", third) == [second, first]
    assert ids(ratchet, "--after", first) == []


@pytest.mark.usefixtures("data")
def test_an_execution_is_shown(ratchet: Command, make_task: MakeTask) -> None:
    three_runs(ratchet, make_task)
    _, failed, _ = ids(ratchet)
    assert plain(ratchet("execution", "show", failed[:23])) == snapshot("""\
exit 0
--- stdout
id        <id>
task      total@1.2.3
source    total
digest    <digest>
status    failed
begun     <time>
took      <n> ms
error     script_error: The task threw `TypeError: no name`
console   1 line
recording <data>/executions/<id>
input
  {
    "name": "nobody"
  }
""")
    assert plain(ratchet("execution", "logs", failed)) == snapshot("""\
exit 0
--- stdout
      <n> ms  log    adding
""")
    document = json.loads(ratchet("execution", "show", failed, "--json").partition("--- stdout\n")[2])
    assert (document["id"], document["error"]["name"]) == (failed, "TypeError")


@pytest.mark.usefixtures("data")
def test_what_cannot_be_found_or_read_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    assert ratchet("execution", "list") == "exit 0\n"
    make_task()
    ratchet("run-once", "total")
    assert ratchet("execution", "show", "0123456789") == snapshot("""\
exit 3
--- stderr
Error: There is no execution `0123456789`
Hint: `ratchet execution list` shows those that are kept
""")
    assert ratchet("execution", "list", "--since", "noon") == snapshot("""\
exit 3
--- stderr
Error: `--since` is `noon`, not a time
Hint: Write it as in `2026-01-31T12:00:00Z`, or how long ago it is, as in `90s`, `5m`, `2h` or `7d`
""")
    assert ratchet("execution", "list", "--status", "done") == snapshot("""\
exit 2
--- stderr
Error: `--status done` is none of pending, running, completed, failed, cancelled
Hint: `ratchet execution list --help` lists what it takes
""")


@pytest.mark.usefixtures("data")
def test_an_execution_is_run_again_as_its_task_is_now(ratchet: Command, make_task: MakeTask) -> None:
    three_runs(ratchet, make_task)
    _, failed, first = ids(ratchet)
    assert plain(ratchet("execution", "retry", failed[:23])) == snapshot("""\
exit 1
--- stderr
adding
Error: The task threw `TypeError: no name`
  --> total/main.js:3:32
   |
 3 |   if (input.name === "nobody") throw new TypeError("no name");
   |                                ^
""")
    make_task(SOURCE.replace("2", "3"))
    assert ratchet("execution", "retry", first) == snapshot("""\
exit 0
--- stdout
{"total":3}
--- stderr
adding
""")
    again, *_ = ids(ratchet)
    assert again not in (failed, first)
    reply = ratchet("execution", "retry", failed, "--json")
    document = json.loads(reply.partition("--- stdout\n")[2].partition("--- stderr\n")[0])
    assert (document["input"], document["error"]["code"]) == ({"name": "nobody"}, "script_error")
    assert document == json.loads(ratchet("execution", "show", document["id"], "--json").partition("--- stdout\n")[2])
    make_task(SOURCE, files={"input.schema.json": '{"required": ["name"]}'})
    assert ratchet("execution", "retry", first) == snapshot("""\
exit 3
--- stderr
Error: The input does not fit `total/input.schema.json`
  `name` is missing
Hint: See `total/input.schema.json` for what the task takes
""")


@pytest.mark.usefixtures("data")
def test_a_task_is_found_again_by_its_name(
    ratchet: Command, make_task: MakeTask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task()
    ratchet("run-once", "total")
    (first,) = ids(ratchet)
    (folder / "total").rename(folder / "sum")
    assert plain(ratchet("execution", "retry", first)) == snapshot("""\
exit 3
--- stderr
Error: There is no task `total` in any source
Hint: It was at `total`; `ratchet run-once TASK` runs it from elsewhere
""")
    make_task(name="total", metadata={"name": "other"})
    assert plain(ratchet("execution", "retry", first)) == snapshot("""\
exit 3
--- stderr
Error: There is no task `total` in any source
Hint: It was at `total`; `ratchet run-once TASK` runs it from elsewhere
""")
    (folder / "tasks").mkdir()
    (folder / "sum").rename(folder / "tasks" / "total")
    monkeypatch.setenv("RATCHET_REGISTRY__SOURCES", '[{"name": "own", "uri": "tasks"}]')
    assert ratchet("execution", "retry", first) == snapshot("""\
exit 0
--- stdout
{"total":1}
""")


def test_what_a_database_keeps_is_run_again_and_kept_beside_it(
    ratchet: Command, make_task: MakeTask, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", postgres.make_database())
    make_task()
    ratchet("run-once", "total")
    (first,) = ids(ratchet)
    assert ratchet("execution", "retry", first) == snapshot("""\
exit 0
--- stdout
{"total":1}
""")
    assert len(ids(ratchet)) == 2
    assert ratchet("execution", "retry", "0123456789") == snapshot("""\
exit 3
--- stderr
Error: There is no execution `0123456789`
Hint: `ratchet execution list` shows those that are kept
""")


@pytest.mark.parametrize("command", [("run-once", "total"), ("execution", "retry")])
def test_a_result_that_cannot_be_kept_is_shown_all_the_same(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: tuple[str, ...]
) -> None:
    def refuse(*_: object) -> None:
        raise Unavailable("The database cannot be used: database or disk is full")

    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", f"sqlite:{tmp_path / 'ratchet.db'}")
    make_task()
    ratchet("run-once", "total")
    (first,) = ids(ratchet)
    monkeypatch.setattr("ratchet.store.keeper.save_executions", refuse)
    assert ratchet(*command, *([first] if "retry" in command else [])) == snapshot("""\
exit 6
--- stdout
{"total":1}
--- stderr
Error: The database cannot be used: database or disk is full
""")


def test_nothing_is_kept_unless_it_is_asked_for(ratchet: Command, make_task: MakeTask, tmp_path: Path) -> None:
    make_task()
    ratchet("run-once", "total")
    assert not (tmp_path / "data").exists()


def test_what_is_kept_is_for_nobody_else(ratchet: Command, make_task: MakeTask, data: Path) -> None:
    make_task()
    ratchet("run-once", "total")
    assert len(ids(ratchet)) == 1
    if sys.platform != "win32":
        assert {stat.S_IMODE(os.stat(path).st_mode) for path in (data, data / "executions")} == {0o700}


def test_a_disk_without_room_is_something_that_may_pass(
    start: Callable[..., subprocess.Popen[bytes]], make_task: MakeTask
) -> None:
    make_task()
    with start(
        "run-once", "total", "--record", "kept", preexec_fn=lambda: setrlimit(RLIMIT_FSIZE, (16, 16))
    ) as process:
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said.decode()) == snapshot(
        (
            6,
            """\
Error: `kept` cannot be written: File too large
Hint: Make room on the disk
""",
        )
    )


def test_an_execution_is_recorded_twice_where_both_are_asked_for(
    ratchet: Command, make_task: MakeTask, data: Path, folder: Path
) -> None:
    make_task()
    reply = ratchet("run-once", "total", "--record", "kept")
    assert re.fullmatch(r'exit 0\n--- stdout\n{"total":1}\n--- stderr\nRecorded in kept/\S+\n', reply)
    assert [len(list(path.iterdir())) for path in (data / "executions", folder / "kept")] == [1, 1]


def test_a_database_keeps_executions_without_a_folder(
    ratchet: Command, make_task: MakeTask, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", postgres.make_database())
    make_task()
    ratchet("run-once", "total")
    (row,) = ids(ratchet)
    document: Any = json.loads(ratchet("execution", "show", row, "--json").partition("--- stdout\n")[2])
    assert (document["output"], document["recording"]) == ({"total": 1}, None)
    assert not (tmp_path / "data").exists()


def test_a_database_that_cannot_be_reached_is_said_before_the_task_runs(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    make_task()
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", f"postgresql:///none?host={folder}")
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__CONNECTION_TIMEOUT_SECONDS", "1")
    assert ratchet("run-once", "total").startswith("exit 6\n--- stderr\nError: The database does not answer: ")


def test_old_executions_are_removed(
    ratchet: Command, make_task: MakeTask, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_runs(ratchet, make_task)
    newest, *_ = ids(ratchet)
    assert ratchet("execution", "prune") == "exit 0\n--- stdout\nRemoved 0 executions\n"
    monkeypatch.setenv("RATCHET_DATA__KEEP_COUNT", "1")
    assert ratchet("execution", "prune", "--json") == 'exit 0\n--- stdout\n{\n  "removed": 2\n}\n'
    assert ids(ratchet) == [path.name for path in (data / "executions").iterdir()] == [newest]
    monkeypatch.setenv("RATCHET_DATA__KEEP_DAYS", "0.000000001")
    assert ratchet("execution", "prune") == "exit 0\n--- stdout\nRemoved 1 execution\n"
