"""Nothing that a task or its package says moves a cursor, sets a title or turns the direction of a terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Command, MakeTask

GOLDEN = Path(__file__).with_name("terminal_escapes.txt")
# Clears the screen, sets the title, moves up by C1, begins a device string, turns the direction, and overwrites.
EVIL = "\x1b[2J\x1b]0;t\x07\x9b1A\x90q\x9c\u202e\u2066\u200f\u2028\b\x7f\x0c\r"
ACTIVE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
NAME = "to\x1b[2J\u202e\ntal"
ERROR = """\
class Odd extends Error { name = "Odd" + EVIL }
(input, context) => {
  const failure = new Odd(EVIL + "\\nHint: run `rm`", { cause: new Error(EVIL) });
  failure.code = EVIL;
  const named = { [EVIL]() { throw failure } };
  named[EVIL]("EVIL");
}
"""
TALK = """\
(input, context) => {
  for (const level of ["debug", "log", "info", "warn", "error"]) console[level](EVIL, level);
  console.log("%s %o", EVIL, { [EVIL]: [EVIL] });
  console.table([{ [EVIL]: EVIL }]);
  console.group(EVIL); console.count(EVIL); console.groupEnd(); console.assert(false, EVIL); console.trace(EVIL);
  context.progress(0.5, EVIL); context.log(EVIL);
  return { [EVIL]: EVIL };
}
"""
# What differs from run to run and from machine to machine.
CHANGING = [
    (r"\b\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", "TIME"),
    (r"(TIME \w+ +)[0-9a-f-]{36}", r"\1ID"),
    (r"\b(duration_ms|cpu_ms|memory_peak_bytes)=\d+", r"\1=…"),
]


def script(text: str) -> str:
    """Return a source in which the word EVIL is the evil text, written so that a file can hold it."""
    literal = "".join(f"\\u{ord(character):04x}" for character in EVIL)
    return text.replace('"EVIL"', f'"{EVIL.replace(chr(13), "").replace(chr(0x2028), "")}"').replace(
        "EVIL", f'"{literal}"'
    )


def show(title: str, reply: str) -> str:
    """Return a reply under a title, without what changes."""
    for pattern, replacement in CHANGING:
        reply = re.sub(pattern, replacement, reply)
    return f"=== {title}\n{reply}\n"


SHOWN = {
    "an error of a task": ("run-once", NAME),
    "an error of a task, in a log": ("--log-level", "info", "run-once", NAME),
    "the console of a task": ("run-once", "talk", "--output", "written.json"),
    "an input that does not fit": (
        "run-once",
        "talk",
        "--input",
        json.dumps({EVIL: 1, "name": EVIL, "order": EVIL}),
    ),
    "an input that cannot be read": ("run-once", "talk", "--input", EVIL),
    "a task that is not there": ("run-once", EVIL),
    "a source that cannot be read": ("run-once", "unread"),
    "problems of tasks": ("validate", NAME, "broken", "unread"),
    "a list of tasks": ("list",),
    "a list of what cannot be read": ("list", "list"),
    "a new task": ("generate", "task", EVIL),
    "an option": (f"--{EVIL}",),
}
# Reports that gain a line with every new key are only looked through.
LONG = [
    ("run-once", NAME, "--json"),
    ("validate", NAME, "broken", "--json"),
    ("list", "--json"),
    ("--config", "evil.yaml", "config", "validate"),
    ("--config", "evil.yaml", "list"),
]


@pytest.fixture
def evil(make_task: MakeTask, folder: Path) -> Path:
    """Fill the working folder with tasks and settings that say the evil text wherever they can say anything."""
    make_task(script(ERROR), name=NAME, metadata={"description": EVIL, "label": EVIL, "name": "evil"})
    make_task(script(TALK), name="talk", metadata={"description": EVIL, "label": EVIL})
    make_task(
        name="broken",
        metadata={"uuid": EVIL, "version": EVIL, "tags": [EVIL, 1], EVIL: EVIL, "permissions": {EVIL: [EVIL]}},
        files={
            "input.schema.json": json.dumps({"$ref": EVIL, "properties": {EVIL: {"pattern": "[" + EVIL}}}),
            "output.schema.json": json.dumps({"$schema": EVIL}),
        },
    )
    make_task(name="unread", files={"main.js": f"const a = '{EVIL}\n;;("})
    (folder / "list").mkdir()
    (folder / "list" / NAME).mkdir()
    (folder / "list" / NAME / "metadata.json").write_text("{" + EVIL)
    (folder / "evil.yaml").write_text(json.dumps({EVIL: EVIL, "execution": {EVIL: 1, "engine": EVIL}}))
    return folder


def test_every_place_that_shows_what_a_task_says_is_inert(ratchet: Command, evil: Path) -> None:
    text = "".join(show(title, ratchet(*arguments)) for title, arguments in SHOWN.items())
    text += show("the written output", (evil / "written.json").read_text("utf-8"))
    assert ACTIVE.findall(text) == []
    assert text == GOLDEN.read_text("utf-8")


@pytest.mark.usefixtures("evil")
@pytest.mark.parametrize("arguments", LONG)
def test_long_reports_are_inert(ratchet: Command, arguments: tuple[str, ...]) -> None:
    reply = ratchet(*arguments)
    assert ACTIVE.findall(reply) == []
    assert "1b[2J" in reply


def test_the_doctor_shows_its_folders_inert(ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / EVIL))
    (folder / NAME).mkdir()
    (folder / NAME / "ratchet.yaml").write_text(json.dumps({EVIL: EVIL}))
    monkeypatch.setenv("RATCHET_CONFIG", str(folder / NAME / "ratchet.yaml"))
    reply = ratchet("doctor")
    assert ACTIVE.findall(reply) == []
    assert "1b[2J" in reply
