"""`ratchet console` on a terminal: completion, history, lines that go on, Ctrl-C and Ctrl-D."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import MakeTask
from tests.cli.program import PATIENCE_SECONDS

pty = pytest.importorskip("pty")
termios = pytest.importorskip("termios")

_ROOT = Path(__file__).parents[2]
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|[=>])")
Open = Callable[..., "Terminal"]


class Terminal:
    """The console on a terminal, and whoever sits in front of it."""

    def __init__(self, *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (40, 100))
        environment = {**os.environ, "PYTHONPATH": str(_ROOT), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ratchet", "console", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=environment,
            start_new_session=True,
        )
        os.close(theirs)
        self._shown = ""

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def wait_for(self, text: str) -> None:
        """Wait until a text is shown; blanks do not count, since many are only moves of the cursor."""
        text = text.replace(" ", "")
        while text not in self._shown:
            ready, _, _ = select.select([self._ours], [], [], PATIENCE_SECONDS)
            assert ready, f"{text!r} never comes after {self._shown!r}"
            try:
                data = os.read(self._ours, 65_536)
            except OSError:  # Linux, when the last writer is gone.
                data = b""
            assert data, f"{text!r} does not come: {self._shown!r}"
            self._shown = _ESCAPES.sub("", self._shown + data.decode("utf-8", "replace")).replace(" ", "")
        self._shown = self._shown.partition(text)[2]

    def leave(self, keys: str = "exit\r") -> int:
        """Press keys that leave, even before the prompt is there to see them, and return the exit code."""
        self.type(keys)
        return self.process.wait(PATIENCE_SECONDS)

    def close(self) -> None:
        """Turn the terminal off."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the history is kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "ratchet" / "console_history"


@pytest.fixture
def open_console(state: Path) -> Iterator[Open]:
    """Return a function that opens the console on a terminal of its own."""
    opened: list[Terminal] = []

    def open_one(*arguments: str) -> Terminal:
        terminal = Terminal(*arguments)
        opened.append(terminal)
        terminal.wait_for("ratchet> ")
        return terminal

    yield open_one
    for terminal in opened:
        terminal.close()


def entries_of(history: Path) -> list[str]:
    """Return the lines of a history file."""
    return [line[1:] for line in history.read_text("utf-8").splitlines() if line[:1] == "+"]


def test_a_session(open_console: Open, make_task: MakeTask, state: Path) -> None:
    make_task("(input) => input\n", files={"input.schema.json": "true"})
    console = open_console()
    console.type("run-once total --input {\r")
    console.wait_for("... ")
    console.type('"a": 1}\r')
    console.wait_for('{\r\n  "a": 1\r\n}\r\n')
    console.wait_for("ratchet> ")
    console.type("run-once totl\r")
    console.wait_for("Did you mean `total`?")
    console.wait_for("ratchet [3]> ")
    console.type("unfinished\x03")
    console.wait_for("ratchet [130]> ")
    assert console.leave("\x04") == 0
    assert entries_of(state) == ["run-once total --input {", '"a": 1}', "run-once totl"]


def test_tab_completes_and_the_arrow_recalls(open_console: Open, make_task: MakeTask, folder: Path) -> None:
    make_task()
    (folder / "my script").write_text("list\n")
    console = open_console()
    for keys, completed in (("conf\t", "config"), (" sh\t", "show"), (" --or\t", "--origin")):
        console.type(keys)
        console.wait_for(completed)
    console.type(" --section=cache\r")
    console.wait_for("# default")
    console.wait_for("ratchet>")
    console.type("\x1b[A")
    console.wait_for("config show --origin --section=cache")
    console.type("\x03")
    console.wait_for("ratchet [130]>")
    console.type("sou\t")
    console.wait_for("source")
    console.type(" my\t")
    console.wait_for("'my script'")
    console.type("\r")
    console.wait_for("total  1.2.3  total")
    console.wait_for("ratchet> ")
    console.type("set LONGNAME=total\r")
    console.wait_for("ratchet> ")
    console.type("run-once $LO\t")
    console.wait_for("run-once $LONGNAME")
    console.type("\r")
    console.wait_for('"total": 1')
    assert console.leave() == 0


def test_the_history_is_its_users_alone_and_lasts(open_console: Open, state: Path) -> None:
    state.parent.mkdir(parents=True)
    state.write_text("\n# 2026-01-01 00:00:00.000000\n+set OLD=1\n")
    state.chmod(0o644)
    console = open_console()
    console.type(" set HIDDEN=1\r")
    console.wait_for("ratchet> ")
    console.type("set API_TOKEN=abc\r")
    console.wait_for("ratchet> ")
    console.type("set SHOWN=1\r")
    console.wait_for("ratchet> ")
    assert console.leave() == 0
    assert entries_of(state) == ["set OLD=1", "set SHOWN=1", "exit"]
    assert state.stat().st_mode & 0o777 == 0o600
    console = open_console()
    console.type("\x1b[A\x1b[A\x1b[A")
    console.wait_for("set OLD=1")
    assert console.leave("\x15exit 5\r") == 5


def test_a_state_folder_that_cannot_be_written_is_no_failure(tmp_path: Path, open_console: Open) -> None:
    (tmp_path / "state").write_text("a file")
    console = Terminal()
    try:
        console.wait_for("cannot be kept: Not a directory")
        console.wait_for("ratchet> ")
        console.type("set\r")
        console.wait_for("ratchet> ")
        assert console.leave() == 0
    finally:
        console.close()


def test_a_history_that_has_grown_large_loses_its_older_half(open_console: Open, state: Path) -> None:
    state.parent.mkdir(parents=True)
    state.write_text("".join(f"\n# 2026-01-01 00:00:00\n+set N={number}\n" for number in range(40_000)))
    assert open_console().leave() == 0
    kept = entries_of(state)
    assert state.stat().st_size < 600_000
    assert kept.pop() == "exit"
    assert kept == [f"set N={number}" for number in range(40_000 - len(kept), 40_000)]
    assert kept[-1:] == ["set N=39999"]


def test_ctrl_c_ends_a_running_task_and_not_the_console(open_console: Open, make_task: MakeTask) -> None:
    make_task('() => { console.log("started"); while (true) {} }\n')
    console = open_console()
    for _ in range(2):
        console.type("run-once total\r")
        console.wait_for("started\r\n")
        console.process.send_signal(signal.SIGINT)
        console.wait_for("Error: The execution was cancelled")
        console.wait_for("ratchet [130]> ")
    assert console.leave() == 0
