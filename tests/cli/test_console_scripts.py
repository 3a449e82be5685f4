"""`ratchet console` without a terminal: scripts and pipes, compared whole."""

from __future__ import annotations

import gc
import io
import json
import sys
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from ratchet.cli import main
from ratchet.cli.application import COMMANDS
from tests.cli.conftest import Command, MakeTask, reply_of

ECHO = {"input.schema.json": "true"}


def test_a_pipe_runs_its_lines(ratchet: Command, make_task: MakeTask) -> None:
    make_task("(input) => input\n", files=ECHO)
    lines = b"""\
# What the console has beside the commands: variables, JSON without quotes.
set NAME='Ada L.' COUNT=2
run-once total --set name=$NAME --set count=$COUNT --set rest=${REST:-none}
ratchet run-once total --input {
  "name": "$NAME",
  "before": $_, "code": $?
}
run-once total --set before=$_
"""
    assert ratchet("console", stdin=lines) == snapshot("""\
exit 0
--- stdout
{"name":"Ada L.","count":2,"rest":"none"}
{"name":"Ada L.","before":{"name":"Ada L.","count":2,"rest":"none"},"code":0}
{"before":{"name":"Ada L.","before":{"name":"Ada L.","count":2,"rest":"none"},"code":0}}
""")


def test_the_options_of_the_console_are_those_of_its_lines(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task()
    (folder / "brief.yaml").write_text("execution: {timeout_seconds: 7}\n")
    (folder / "other.yaml").write_text("execution: {timeout_seconds: 8}\n")
    lines = b"config show --section execution\nconfig show --section execution --config other.yaml\n"
    reply = ratchet("--config", "brief.yaml", "console", stdin=lines)
    assert [line for line in reply.splitlines() if "timeout" in line] == snapshot(
        ["  timeout_seconds: 7", "  timeout_seconds: 8"]
    )


def test_every_command_is_there(ratchet: Command) -> None:
    lines = "".join(f"{name} --help\n" for name in COMMANDS)
    reply = ratchet("console", stdin=lines.encode())
    assert reply.startswith("exit 0\n")
    assert [name for name in COMMANDS if f"Usage: ratchet {name} " not in reply] == []


def test_a_command_fails_as_in_the_shell(ratchet: Command, make_task: MakeTask) -> None:
    make_task('() => { throw new Error("no") }\n')
    alone = ratchet("run-once", "total")
    inside = ratchet("console", stdin=b"run-once total\nlist\n")
    assert inside.startswith(alone)
    assert inside.removeprefix(alone) == snapshot("""\
Stopped with exit code 1
  --> stdin:1
   |
 1 | run-once total
""")


def test_a_script_stops_at_the_first_failure_and_says_where(
    ratchet: Command, make_task: MakeTask, folder: Path
) -> None:
    make_task()
    (folder / "outer").write_text("set DIR=tota\n\nsource inner\nlist\n")
    (folder / "inner").write_text("run-once total\nrun-once \\\n  $DIR\nlist\n")
    assert ratchet("console", "--script", "outer") == snapshot("""\
exit 3
--- stdout
{"total":1}
--- stderr
Error: `tota` is not there
Hint: Did you mean `total`?
Stopped with exit code 3
  --> inner:2
   |
 2 | run-once \\
Stopped with exit code 3
  --> outer:3
   |
 3 | source inner
""")


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (
            "hlep",
            snapshot("""\
exit 2
--- stderr
Error: No such command `hlep`
Hint: Did you mean `help`?
"""),
        ),
        (
            "sorce x",
            snapshot("""\
exit 2
--- stderr
Error: No such command `sorce`
Hint: Did you mean `source`?
"""),
        ),
        (
            "run-onec x",
            snapshot("""\
exit 2
--- stderr
Error: No such command `run-onec`
Hint: Did you mean `run-once`?
"""),
        ),
        (
            "zzzzz",
            snapshot("""\
exit 2
--- stderr
Error: No such command `zzzzz`
Hint: `help` lists the commands
"""),
        ),
        (
            "''",
            snapshot("""\
exit 2
--- stderr
Error: No such command ``
Hint: `help` lists the commands
"""),
        ),
        (
            "--verzion",
            snapshot("""\
exit 2
--- stderr
Error: No such option `--verzion`
Hint: Did you mean `--version`?
"""),
        ),
        (
            "config shwo",
            snapshot("""\
exit 2
--- stderr
Error: No such command `shwo`
Hint: Did you mean `ratchet config show`?
"""),
        ),
        (
            "list $FOLDER",
            snapshot("""\
exit 2
--- stderr
Error: The variable `FOLDER` is not set
Hint: `set FOLDER=VALUE` sets it; `${FOLDER:-default}` does without
"""),
        ),
        (
            "list ${FOLDER",
            snapshot("""\
exit 2
--- stderr
Error: The line ends in the middle
Hint: Close the quote or the bracket that is open
"""),
        ),
        (
            "list 'x",
            snapshot("""\
exit 2
--- stderr
Error: The line ends in the middle
Hint: Close the quote or the bracket that is open
"""),
        ),
        (
            "set X",
            snapshot("""\
exit 2
--- stderr
Error: `X` is not NAME=VALUE
Hint: A name has letters, digits and `_`
"""),
        ),
        (
            "source",
            snapshot("""\
exit 2
--- stderr
Error: `source` takes one file
Hint: `source FILE` runs its lines
"""),
        ),
        (
            "source a b",
            snapshot("""\
exit 2
--- stderr
Error: `source` takes one file
Hint: `source FILE` runs its lines
"""),
        ),
        (
            "source scrip",
            snapshot("""\
exit 3
--- stderr
Error: The script `scrip` cannot be read: No such file or directory
Hint: Did you mean `script`?
"""),
        ),
        (
            "source script/x",
            snapshot("""\
exit 3
--- stderr
Error: The script `script/x` cannot be read: Not a directory
Hint: Name a file that is there and can be read
"""),
        ),
        (
            "exit soon",
            snapshot("""\
exit 2
--- stderr
Error: `exit` takes a number from 0 to 255
Hint: `exit` alone is `exit 0`
"""),
        ),
        (
            "exit 256",
            snapshot("""\
exit 2
--- stderr
Error: `exit` takes a number from 0 to 255
Hint: `exit` alone is `exit 0`
"""),
        ),
        (
            "help nonsense",
            snapshot("""\
exit 2
--- stderr
Error: No such command `nonsense`
Hint: `ratchet --help` lists what it takes
"""),
        ),
        (
            "console",
            snapshot("""\
exit 3
--- stderr
Error: The console is open already
Hint: `source FILE` runs a script in it
"""),
        ),
        (
            "--log-level debug console --script script",
            snapshot("""\
exit 3
--- stderr
Error: The console is open already
Hint: `source FILE` runs a script in it
"""),
        ),
    ],
)
def test_a_line_that_is_refused(ratchet: Command, folder: Path, line: str, reply: str) -> None:
    (folder / "script").write_text("list\n")
    shown = ratchet("console", stdin=line.encode())
    assert shown.partition("Stopped with")[0] == reply


def test_a_script_that_runs_itself_is_refused(ratchet: Command, folder: Path) -> None:
    (folder / "a").write_text("source b\n")
    (folder / "b").write_text("source ./a\n")
    assert ratchet("console", "--script", "a") == snapshot("""\
exit 3
--- stderr
Error: `./a` is running already
Hint: A script cannot run itself
Stopped with exit code 3
  --> b:1
   |
 1 | source ./a
Stopped with exit code 3
  --> a:1
   |
 1 | source b
""")


def test_scripts_inside_scripts_are_bounded(ratchet: Command, folder: Path) -> None:
    for number in range(40):
        (folder / f"s{number}").write_text(f"source s{number + 1}\n")
    reply = ratchet("console", "--script", "s0")
    assert reply.splitlines()[:5] == snapshot(
        [
            "exit 3",
            "--- stderr",
            "Error: More than 16 scripts would run inside one another",
            "Stopped with exit code 3",
            "  --> s15:1",
        ]
    )


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        (
            b"list \xff\n",
            snapshot("""\
exit 3
--- stderr
Error: `script` is not UTF-8: byte 0xff at offset 5
  --> script:1:6
   |
 1 | list
   |      ^
Hint: Save it as UTF-8
"""),
        ),
        (
            b"#" * 1024 * 1024 + b"\n",
            snapshot("""\
exit 3
--- stderr
Error: The script `script` is larger than 1 MB
"""),
        ),
    ],
)
def test_a_script_that_is_no_text_or_too_large_is_refused(
    ratchet: Command, folder: Path, data: bytes, reply: str
) -> None:
    (folder / "script").write_bytes(data)
    assert ratchet("console", "--script", "script") == reply


def test_bytes_on_stdin_that_are_no_text_are_refused(ratchet: Command) -> None:
    assert ratchet("console", stdin=b"set A=1\nlist \xff\n") == snapshot("""\
exit 3
--- stderr
Error: `stdin` is not UTF-8: byte 0xff at offset 5
  --> stdin:1:6
   |
 1 | list
   |      ^
Hint: Save it as UTF-8
""")


def test_exit_leaves_from_inside_a_script(ratchet: Command, folder: Path) -> None:
    (folder / "inner").write_text("exit 7\nlist\n")
    assert ratchet("console", stdin=b"source inner\nlist\n") == snapshot("exit 7\n")
    assert ratchet("console", stdin=b"quit\nzzz\n") == snapshot("exit 0\n")


def test_variables_come_from_the_environment_too(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task("(input) => input\n", files=ECHO)
    monkeypatch.setenv("CONSOLE_PROBE", "from outside")
    lines = b"""\
run-once total --set a=$CONSOLE_PROBE
set CONSOLE_PROBE="from 'here'" OTHER=$CONSOLE_PROBE
set
run-once total --set a=$CONSOLE_PROBE
"""
    assert ratchet("console", stdin=lines) == snapshot("""\
exit 0
--- stdout
{"a":"from outside"}
CONSOLE_PROBE='from '"'"'here'"'"''
OTHER='from outside'
_='{"a":"from outside"}'
{"a":"from 'here'"}
""")


def test_a_value_is_data(ratchet: Command, make_task: MakeTask) -> None:
    make_task("(input) => input\n", files=ECHO)
    lines = b"""\
set V='--json; exit 3 # $V "'
run-once total --set v=$V
run-once total --input {"v": "$V", "w": $V}
run-once $V
"""
    assert ratchet("console", stdin=lines) == snapshot("""\
exit 2
--- stdout
{"v":"--json; exit 3 # $V \\""}
{"v":"--json; exit 3 # $V \\"","w":"--json; exit 3 # $V \\""}
--- stderr
Error: No such option `--json; exit 3 # $V "`
Hint: `ratchet run-once --help` lists what it takes
Stopped with exit code 2
  --> stdin:4
   |
 4 | run-once $V
""")


def test_the_last_output_is_a_variable(ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch) -> None:
    make_task("(input) => ({ total: (input.total ?? 0) + 1 })\n", files=ECHO)
    lines = b"run-once total\nset FIRST=$_\nrun-once total --input $_\nrun-once total --input $_\nset\n"
    assert ratchet("console", stdin=lines) == snapshot("""\
exit 0
--- stdout
{"total":1}
{"total":2}
{"total":3}
FIRST='{"total":1}'
_='{"total":3}'
""")
    monkeypatch.setenv("_", "/bin/sh")
    assert ratchet("console", stdin=b"run-once total --input $_\n") == snapshot("""\
exit 2
--- stderr
Error: The variable `_` is not set
Hint: `set _=VALUE` sets it; `${_:-default}` does without
Stopped with exit code 2
  --> stdin:1
   |
 1 | run-once total --input $_
""")


def test_a_command_that_reads_stdin_gets_the_lines_that_follow(ratchet: Command, make_task: MakeTask) -> None:
    make_task("(input) => input\n", files=ECHO)
    assert ratchet("console", stdin=b'run-once total --input -\n{"a":\n1}\n') == snapshot("""\
exit 0
--- stdout
{"a":1}
""")


def test_help_lists_the_commands_and_the_words(ratchet: Command) -> None:
    reply = ratchet("console", stdin=b"help\n")
    assert reply.startswith(ratchet("--help"))
    assert reply.removeprefix(ratchet("--help")) == snapshot("""\

In the console also:
  help [COMMAND]…   Show this list, or the help of a command.
  set [NAME=VALUE]  Set a variable, or list those that are set.
  source FILE       Run the lines of a file, up to the first that fails.
  exit [CODE]       Leave, with this exit code.
  quit [CODE]       Leave, too.
""")
    assert ratchet("console", stdin=b"help config show\n") == ratchet("config", "show", "--help")
    assert ratchet("console", stdin=b"help source\n") == snapshot("""\
exit 0
--- stdout
  source FILE       Run the lines of a file, up to the first that fails.
""")


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


def test_a_terminal_needs_the_extra_and_a_pipe_does_not(
    ratchet: Command, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "prompt_toolkit"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("completer", "history", "prompt"):
        monkeypatch.delitem(sys.modules, f"ratchet.cli.console_{name}", raising=False)
    # What Python finds here it takes for a package that is not installed.
    monkeypatch.setitem(sys.modules, "prompt_toolkit", None)
    assert ratchet("console", stdin=b"set A=1\nset\n") == snapshot("""\
exit 0
--- stdout
A=1
""")
    monkeypatch.setattr(sys, "stdin", Terminal(io.BytesIO()))
    code = main(["console"])
    assert reply_of(code, *capfd.readouterr()) == snapshot("""\
exit 3
--- stderr
Error: The prompt needs the package `prompt_toolkit`
Hint: `pip install 'ratchet-js[console]'` adds it; `--script FILE` and a pipe do without
""")


def test_nothing_is_frozen_for_ever_while_lines_run(ratchet: Command) -> None:
    frozen = gc.get_freeze_count()
    assert ratchet("console", stdin=b"list --help\nlist --help\n").startswith("exit 0")
    assert gc.get_freeze_count() == frozen


def test_what_a_command_prints_is_bounded_in_memory_only(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task('(input) => "x".repeat(1000)\n', files=ECHO)
    monkeypatch.setattr("ratchet.cli.console_output.MOST_BYTES", 1000)
    reply = ratchet("console", stdin=b"run-once total\nrun-once total --set a=$_\n")
    assert json.dumps("x" * 1000) in reply
    assert "The variable `_` is not set" in reply
