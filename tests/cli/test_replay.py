"""`ratchet run-once --record` and `ratchet replay`."""

from __future__ import annotations

import json
import os
from pathlib import Path

from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask

CHANCE = "() => ({ total: Math.random(), at: Date.now() })\n"


def recorded(folder: Path) -> list[str]:
    return sorted(os.listdir(folder / "kept"))


def test_a_recording_is_the_same_again(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task(CHANCE)
    reply = ratchet("run-once", "total", "--record", "kept")
    (name,) = recorded(folder)
    assert reply.endswith(f"--- stderr\nRecorded in kept/{name}\n")
    assert ratchet("replay", f"kept/{name}") == f"exit 0\n--- stdout\nkept/{name}: the same\n"
    assert ratchet("replay", "--recording", f"kept/{name}") == f"exit 0\n--- stdout\nkept/{name}: the same\n"


def test_what_a_changed_task_does_differently_is_said(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task("() => ({ total: 1, list: [1, 2] })\n")
    ratchet("run-once", "total", "--record", "one.ratchet")
    make_task(
        "async () => { await fetch('https://x.example/').catch(() => 1); return { total: '1', list: [1] } }\n",
        name="changed",
    )
    assert ratchet("replay", "one.ratchet", "--task", "changed") == snapshot("""\
exit 5
--- stdout
one.ratchet: 3 differences
  output /total: `1` became `"1"`
  output /list/1: `2` is gone
  request: `GET https://x.example/` was not recorded. There is no recorded request at all
--- stderr
Note: The task is not the one that was recorded
""")
    report = json.loads(ratchet("replay", "one.ratchet", "--task", "changed", "--json").partition("--- stdout\n")[2])
    assert [(entry["same"], [change["pointer"] for change in entry["changes"]]) for entry in report] == [
        (False, ["/total", "/list/1", ""])
    ]


def test_of_many_only_those_that_changed_are_listed(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task("(input) => ({ total: input.name === 'b' ? 1 : 2 })\n")
    for name in "abc":
        ratchet("run-once", "total", "--set", f"name={name}", "--record", "kept")
    make_task("() => ({ total: 2 })\n")
    changed = recorded(folder)[1]
    assert ratchet("replay", "kept", "--task", "total") == (
        f"exit 5\n--- stdout\nkept/{changed}: 1 difference\n  output /total: `1` became `2`\n"
        "--- stderr\nNote: The task is not the one that was recorded\n2 the same, 1 not\n"
    )


def test_a_failure_is_recorded_too(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task("() => { throw new Error(`${Math.random()}`) }\n")
    assert ratchet("run-once", "total", "--record", "one.ratchet").startswith("exit 1\n")
    assert ratchet("replay", "one.ratchet") == "exit 0\n--- stdout\none.ratchet: the same\n"


def test_nothing_is_written_over(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task()
    (folder / "one.ratchet").write_text("mine")
    assert ratchet("run-once", "total", "--record", "one.ratchet") == snapshot("""\
exit 3
--- stderr
Error: `one.ratchet` is there already
Hint: Name another file
""")
    assert (folder / "one.ratchet").read_text() == "mine"


def test_what_is_no_recording_is_refused(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "odd").mkdir()
    (folder / "odd" / "input.json").write_text("1")
    (folder / "text.ratchet").write_text("hello")
    assert ratchet("replay", "empty") == snapshot("""\
exit 3
--- stderr
Error: There is no recording in `empty`
Hint: `ratchet run-once TASK --record DIR` makes one
""")
    assert ratchet("replay", "odd") == snapshot("""\
exit 3
--- stdout
odd: cannot be replayed
--- stderr
Error: `odd` is no recording: it needs `input.json`, and `output.json` or `error.json`
Hint: `ratchet run-once TASK --record DIR` makes one
""")
    assert ratchet("replay", "none").startswith("exit 3\n")
    assert "not a sound ZIP archive" in ratchet("replay", "text.ratchet")
    assert ratchet("replay").startswith("exit 2\n")


def test_a_recording_becomes_a_case(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    source = """async (input) => {
      const at = Date.now();
      let readings = 0;
      while (Date.now() === at) readings += 1;
      const lost = await fetch('http://nothing.invalid/').catch((error) => error.code);
      if (input.name === 'bad') throw new RangeError(`no ${Math.random()}`);
      return { total: Math.random(), lost, at, readings };
    }
"""
    make_task(source, files={"output.schema.json": None})
    (folder / "total" / "tests").mkdir()
    for name in ("good", "bad"):
        ratchet("run-once", "total", "--set", f"name={name}", "--record", f"{name}.ratchet")
        file = f"total/tests/{name}.json"
        assert ratchet("replay", f"{name}.ratchet", "--as-case", file) == f"exit 0\n--- stdout\n{file}\n"
    assert json.loads((folder / "total/tests/good.json").read_text())["mock"]["http"] == [
        {"url": "http://nothing.invalid/", "method": "GET", "error": "dns"}
    ]
    assert ratchet("test", "total").startswith("exit 0\n")
    (folder / "total" / "main.js").write_text(source.replace("RangeError", "TypeError").replace("lost,", "lost: 1,"))
    assert "2 failed" in ratchet("test", "total")
    assert ratchet("replay", "good.ratchet", "--as-case", "total/tests/good.json").startswith("exit 3\n")
