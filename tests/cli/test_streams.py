"""The program as a process: pipes, terminals, closed streams, signals."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import MakeTask, reply_of
from tests.cli.program import PATIENCE_SECONDS, Start, on_terminal, reply
from tests.slow_schemas import doubling

_ROOT = Path(__file__).parents[2]
# Descriptors, signals and terminals of POSIX.
pty = pytest.importorskip("pty")


def shell(script: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Run a script of the shell, which finds this Ratchet."""
    return subprocess.run(
        ["/bin/sh", "-c", script],
        env={**os.environ, "PYTHONPATH": str(_ROOT), **variables},
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_the_output_is_compact_in_a_pipe_and_pretty_on_a_terminal(start: Start, make_task: MakeTask) -> None:
    make_task('() => ({ total: 3, of: [1, "é"] })\n')
    assert reply(start("run-once", "total")) == snapshot("""\
exit 0
--- stdout
{"total":3,"of":[1,"é"]}
""")
    assert on_terminal(start, "run-once", "total") == snapshot(
        (
            0,
            """\
{
  "total": 3,
  "of": [
    1,
    "é"
  ]
}
""",
            "",
        )
    )


def test_progress_draws_a_bar_on_a_terminal_and_takes_it_away(start: Start, make_task: MakeTask) -> None:
    make_task(
        """(input, context) => {
  context.progress(1, 2, "halfway\\x1b[31m");
  console.log("between");
  context.progress(2, 2, "there");
  return null;
}
"""
    )
    code, stdout, stderr = on_terminal(start, "run-once", "total")
    assert (code, stdout) == (0, "null\n")
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stderr)
    assert "halfway\\x1b[31m" in plain
    assert "between" in plain
    assert stderr.count("\x1b[?25l") == stderr.count("\x1b[?25h"), "the cursor stays hidden"


def test_a_reader_that_goes_away_is_no_failure_to_report(start: Start, make_task: MakeTask) -> None:
    for number in range(40):
        make_task(name=f"task{number:02}", metadata={"description": "long " * 2000})
    process = start("list", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()
    stderr = process.stderr.read()
    process.stderr.close()
    assert (process.wait(PATIENCE_SECONDS), stderr) == (141, b"")


def test_a_shell_pipe_can_be_cut(folder: Path, make_task: MakeTask) -> None:
    make_task()
    program = f'"{sys.executable}" -m ratchet'
    (folder / "script").write_text("list\nlist\n")
    for command in ("list", "validate total", "run-once total", "--help", "console --script script"):
        process = shell(f"{program} {command} | true")
        assert (process.stdout, process.stderr) == (b"", b""), command


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a full device")
@pytest.mark.parametrize("command", [("list",), ("run-once", "total"), ("validate", "--json", "total")])
def test_a_full_disk_is_one_clear_error(start: Start, make_task: MakeTask, command: tuple[str, ...]) -> None:
    make_task()
    with open("/dev/full", "wb") as full:
        process = start(*command, stdout=full)
    assert reply(process) == snapshot("""\
exit 6
--- stderr
Error: The output cannot be written: No space left on device
""")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_failure(folder: Path, make_task: MakeTask, closed: str) -> None:
    make_task('() => { console.log("talk"); return 1 }\n')
    process = shell(f'"{sys.executable}" -m ratchet run-once total {closed}')
    assert process.returncode == 0
    assert process.stdout == (b"" if " >&-" in f" {closed}" else b"1\n")
    assert process.stderr == (b"" if "2>&-" in closed else b"talk\n")


def test_a_closed_stdin_is_an_empty_input(folder: Path, make_task: MakeTask) -> None:
    make_task()
    process = shell(f'"{sys.executable}" -m ratchet run-once total --input - <&-')
    assert reply_of(process.returncode, process.stdout.decode(), process.stderr.decode()) == snapshot("""\
exit 3
--- stderr
Error: `stdin` is empty
  --> stdin:1:1
   |
 1 |
   | ^
Hint: Write a JSON value
""")


def test_stdin_is_read_only_when_it_is_asked_for(start: Start, make_task: MakeTask) -> None:
    make_task("(input) => input\n", files={"input.schema.json": "true"})
    assert reply(start("run-once", "total", "--input", "-", stdin=subprocess.PIPE), b'{"a": 1}') == snapshot("""\
exit 0
--- stdout
{"a":1}
""")
    reader, writer = os.pipe()
    process = start("run-once", "total", stdin=reader)
    os.close(reader)
    # The other end stays open: a command that read on would wait for it.
    assert reply(process) == snapshot("""\
exit 0
--- stdout
{}
""")
    os.close(writer)


def test_ctrl_c_cancels_the_task(start: Start, make_task: MakeTask) -> None:
    make_task('() => { console.log("started"); while (true) {} }\n')
    process = start("run-once", "total", "--json")
    assert process.stderr is not None
    assert process.stderr.readline() == b"started\n"
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=PATIENCE_SECONDS)
    document = json.loads(stdout)
    assert (process.returncode, stderr) == (130, b"")
    assert (document["status"], document["error"]["code"], document["output"]) == ("cancelled", "cancelled", None)


def test_ctrl_c_stops_a_script_of_the_console(start: Start, make_task: MakeTask, folder: Path) -> None:
    make_task('() => { console.log("started"); while (true) {} }\n')
    (folder / "script").write_text("run-once total\nlist\n")
    process = start("console", "--script", "script")
    assert process.stderr is not None
    assert process.stderr.readline() == b"started\n"
    process.send_signal(signal.SIGINT)
    assert reply(process) == snapshot("""\
exit 130
--- stderr
Error: The execution was cancelled
Stopped with exit code 130
  --> script:1
   |
 1 | run-once total
""")


def test_ctrl_c_while_the_program_starts_says_so_in_one_line(folder: Path) -> None:
    program = """
import sys
class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == "typer":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupt())
from ratchet.__main__ import main
main()
"""
    process = subprocess.run(
        [sys.executable, "-c", program, "run-once", "total"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert (process.returncode, process.stdout, process.stderr) == (130, "", "Error: Interrupted\n")


def test_ctrl_c_without_json_says_so_in_one_line(start: Start, make_task: MakeTask) -> None:
    make_task('() => { console.log("started"); while (true) {} }\n')
    process = start("run-once", "total")
    assert process.stderr is not None
    assert process.stderr.readline() == b"started\n"
    process.send_signal(signal.SIGINT)
    assert reply(process) == snapshot("""\
exit 130
--- stderr
Error: The execution was cancelled
""")


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_ctrl_c_ends_a_check_that_would_take_for_ever(start: Start, make_task: MakeTask) -> None:
    make_task(files={"input.schema.json": json.dumps(doubling())}, metadata={"nobody-knows": 1})
    process = start("run-once", "total")
    try:
        # The warning comes right before the check, which hands the signal back to the system.
        assert process.stderr is not None
        assert b"nobody-knows" in process.stderr.readline()
        wait_until(lambda: not catches_interrupt(process.pid))
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == -signal.SIGINT
    finally:
        process.kill()
        process.communicate()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


def catches_interrupt(process: int) -> bool:
    """Tell whether a process has a handler for Ctrl-C."""
    status = Path(f"/proc/{process}/status").read_text().partition("SigCgt:\t")[2]
    return bool(int(status.split()[0], 16) >> (signal.SIGINT - 1) & 1)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
def test_output_is_utf8_whatever_the_terminal_is_set_to(start: Start, make_task: MakeTask, encoding: str) -> None:
    make_task('() => { console.log("é…漢"); return "é…漢" }\n', metadata={"description": "é…漢"})
    for command in (("run-once", "total"), ("run-once", "total", "--json"), ("list", "--json")):
        process = start(*command, env={"PYTHONIOENCODING": encoding}, stderr=subprocess.DEVNULL)
        shown = reply(process)
        assert shown.startswith("exit 0\n")
        assert "é…漢" in shown


def test_letters_that_a_terminal_does_not_have_are_escaped(start: Start, make_task: MakeTask) -> None:
    make_task(metadata={"description": "é…漢"})
    assert reply(start("list", env={"PYTHONIOENCODING": "ascii"})) == snapshot("""\
exit 0
--- stdout
total  1.2.3  total  \\xe9\\u2026\\u6f22
""")


def test_an_output_file_that_cannot_be_finished_is_taken_away(folder: Path, make_task: MakeTask) -> None:
    make_task('() => "x".repeat(100_000)\n')
    (folder / "out.json").write_text("before")
    process = shell(
        f'ulimit -f 1; "{sys.executable}" -m ratchet run-once total --output out.json', PYTHONDONTWRITEBYTECODE="1"
    )
    assert reply_of(process.returncode, process.stdout.decode(), process.stderr.decode()) == snapshot("""\
exit 3
--- stderr
Error: `out.json` cannot be written: File too large
Hint: Name a file in a folder that is there and can be written
""")
    assert (folder / "out.json").read_text() == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["out.json", "total"]
