"""`--watch`: again after every change, until Ctrl-C."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask
from tests.cli.program import PATIENCE_SECONDS, Start

WAITING = "Waiting for a change; Ctrl-C ends\n"


def read_until_waiting(process: subprocess.Popen[bytes]) -> str:
    """Return what a process shows until it waits for a change, its times as `TIME`."""
    assert process.stdout is not None
    lines = []
    for line in iter(process.stdout.readline, b""):
        lines.append(line.decode())
        if lines[-1] == WAITING:
            return re.sub(r"\d\d:\d\d:\d\d", "TIME", "".join(lines))
    raise AssertionError(f"the program has ended: {''.join(lines)}")


def save(file: Path, text: str) -> None:
    """Write a file as an editor does, a new one in the place of the old: nobody can find half of it."""
    new = Path("next")
    new.write_text(text)
    os.replace(new, file)


def interrupt(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    process.send_signal(signal.SIGINT)
    shown, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, shown.decode()


def test_a_task_is_validated_again_when_a_file_of_it_changes(start: Start, make_task: MakeTask, folder: Path) -> None:
    make_task(name="all/one")
    process = start("validate", "all", "--watch", stderr=subprocess.STDOUT)
    assert read_until_waiting(process) == snapshot("""\
all/one: ok
Waiting for a change; Ctrl-C ends
""")
    save(folder / "all/one/main.js", "() => {\n")
    assert read_until_waiting(process) == snapshot("""\

--- TIME all/one/main.js
all/one: 1 problem
error: Syntax error: Unexpected end of the file
  --> all/one/main.js:2:1
   |
 2 |
   | ^
0 valid, 1 not
Waiting for a change; Ctrl-C ends
""")
    save(folder / "all/one/main.js", "() => 1\n")
    assert read_until_waiting(process) == snapshot("""\

--- TIME all/one/main.js
all/one: ok
Waiting for a change; Ctrl-C ends
""")
    # All its files at once, so that none comes after the run.
    os.replace(make_task(name="two"), folder / "all/two")
    assert read_until_waiting(process).endswith("2 valid, 0 not\n" + WAITING)
    assert interrupt(process) == (130, "\n")


def test_cases_run_again_when_a_file_of_the_task_changes(start: Start, make_task: MakeTask, folder: Path) -> None:
    make_task("() => 1\n", files={"tests/a.json": '{"expected_output": 2}'})
    process = start("test", "total", "--watch", "--report-tap", "total/report.tap", stderr=subprocess.STDOUT)
    assert "1 failed in" in read_until_waiting(process)
    save(folder / "total/main.js", "() => 2\n")
    shown = read_until_waiting(process)
    assert shown.startswith("\n--- TIME total/main.js\n")
    assert "1 passed in" in shown
    assert interrupt(process) == (130, "\n")


def test_a_task_is_run_again_whatever_became_of_the_run_before(start: Start, make_task: MakeTask, folder: Path) -> None:
    make_task('() => { console.log("one"); return 1 }\n')
    (folder / "input.json").write_text("{}")
    arguments = ("run-once", "total", "--watch", "--input", "@input.json")
    process = start(*arguments, stderr=subprocess.STDOUT)
    assert read_until_waiting(process) == snapshot("""\
one
1
Waiting for a change; Ctrl-C ends
""")
    save(folder / "total/main.js", "() => 1 +\n")
    assert read_until_waiting(process) == snapshot("""\

--- TIME total/main.js
Error: Syntax error: Unexpected end of the file
  --> total/main.js:2:1
   |
 2 |
   | ^
Waiting for a change; Ctrl-C ends
""")
    save(folder / "total/main.js", '() => { throw new Error("no") }\n')
    assert read_until_waiting(process) == snapshot("""\

--- TIME total/main.js
Error: The task threw `Error: no`
  --> total/main.js:1:9
   |
 1 | () => { throw new Error("no") }
   |         ^
Waiting for a change; Ctrl-C ends
""")
    # As an editor saves: a new file in the place of the old one.
    save(folder / "next", "(input) => input\n")
    os.replace(folder / "next", folder / "total/main.js")
    assert read_until_waiting(process) == snapshot("""\

--- TIME total/main.js
{}
Waiting for a change; Ctrl-C ends
""")
    save(folder / "input.json", '{"name": "x"}')
    assert read_until_waiting(process) == snapshot("""\

--- TIME input.json
{"name":"x"}
Waiting for a change; Ctrl-C ends
""")
    assert interrupt(process) == (130, "\n")


def test_what_a_run_writes_and_what_is_hidden_is_no_change(start: Start, make_task: MakeTask, folder: Path) -> None:
    make_task()
    process = start("run-once", "total", "--watch", "--output", "total/out.json", stderr=subprocess.STDOUT)
    assert read_until_waiting(process) == WAITING
    for name in (".swap", "main.js~", "node_modules/x.js"):
        (folder / "total" / name).parent.mkdir(exist_ok=True)
        (folder / "total" / name).write_text("x")
    save(folder / "total/main.js", "() => 2\n")
    # Had the others counted, they would be named, here or in a run before.
    assert read_until_waiting(process) == snapshot("""\

--- TIME total/main.js
Waiting for a change; Ctrl-C ends
""")
    assert (folder / "total/out.json").read_text() == "2\n"
    assert interrupt(process) == (130, "\n")


def test_ctrl_c_ends_a_run_and_the_watching(start: Start, make_task: MakeTask) -> None:
    make_task('() => { console.log("started"); while (true) {} }\n')
    process = start("run-once", "total", "--watch", stderr=subprocess.STDOUT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"started\n"
    assert interrupt(process) == snapshot((130, "Error: The execution was cancelled\n"))


def test_what_cannot_be_watched_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("validate", "nothing", "--watch") == snapshot("""\
exit 3
--- stderr
Error: `nothing` is not there, so it cannot be watched
""")
    assert ratchet("run-once", "total", "--watch", "--input", "-") == snapshot("""\
exit 2
--- stderr
Error: `--watch` cannot read stdin a second time
Hint: `ratchet run-once --help` lists what it takes
""")


def test_without_the_extra_the_way_to_it_is_named(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task()
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert ratchet("validate", "total", "--watch") == snapshot("""\
exit 3
--- stderr
Error: `--watch` needs `watchfiles`, which is not installed
Hint: `python -m pip install 'ratchet-js[watch]'` adds it
""")
