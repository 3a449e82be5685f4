"""Colour, tables and the bar: on a terminal, in a pipe, and as the environment says."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from ratchet.cli.terminal import AGENTS
from tests.cli.conftest import Command, MakeTask
from tests.cli.program import Start, on_terminal, reply

# Terminals of POSIX.
pytest.importorskip("pty")
_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def test_an_error_on_a_terminal_is_in_colour(start: Start, make_task: MakeTask) -> None:
    make_task('() => {\n  throw new Error("\\x1b[2J::no")\n}\n')
    assert on_terminal(start, "run-once", "total") == snapshot(
        (
            1,
            "",
            """\
\x1b[1;31mError:\x1b[0m The task threw `Error: \\x1b[2J::no`
  \x1b[34m-->\x1b[0m total/main.js:2:3
 \x1b[34m  |\x1b[0m
 \x1b[34m2 |\x1b[0m   throw new Error("\\x1b[2J::no")
 \x1b[34m  |\x1b[0m   \x1b[1;31m^\x1b[0m
""",
        )
    )
    assert on_terminal(start, "run-once", "totl") == snapshot(
        (
            3,
            "",
            """\
\x1b[1;31mError:\x1b[0m `totl` is not there
\x1b[1;36mHint:\x1b[0m Did you mean `total`?
""",
        )
    )
    assert on_terminal(start, "lst") == snapshot(
        (
            2,
            "",
            """\
\x1b[1;31mError:\x1b[0m No such command `lst`
\x1b[1;36mHint:\x1b[0m Did you mean `ratchet list`?
""",
        )
    )


def test_a_report_on_a_terminal_is_in_colour(start: Start, make_task: MakeTask) -> None:
    make_task("() => 1\n", name="fine")
    make_task("() => {\n  return 1 +;\n}\n", name="bad", files={"input.schema.json": None})
    assert on_terminal(start, "validate", "bad", "fine") == snapshot(
        (
            3,
            """\
bad: 2 problems
\x1b[1;31merror:\x1b[0m Syntax error: Unexpected token `;`
  \x1b[34m-->\x1b[0m bad/main.js:2:13
 \x1b[34m  |\x1b[0m
 \x1b[34m2 |\x1b[0m   return 1 +;
 \x1b[34m  |\x1b[0m             \x1b[1;31m^\x1b[0m
\x1b[1;33mwarning:\x1b[0m There is no input schema: any input is accepted
  \x1b[34m-->\x1b[0m bad/metadata.json
  = \x1b[1;36mhint:\x1b[0m Add `input.schema.json`, or run `ratchet validate --fix`
fine: \x1b[32mok\x1b[0m
""",
            "1 valid, 1 not\n",
        )
    )


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"FORCE_COLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True),
        ({"CLAUDECODE": "1"}, True),
    ],
)
def test_the_environment_decides_on_colour(start: Start, environment: Mapping[str, str], coloured: bool) -> None:
    _, _, stderr = on_terminal(start, "run-once", "nothing", env=environment)
    assert ("\x1b" in stderr) == coloured
    assert _CODES.sub("", stderr).startswith("Error: `nothing` is not there\n")


def test_a_pipe_is_plain_unless_colour_is_forced(start: Start) -> None:
    assert "\x1b" not in reply(start("run-once", "nothing"))
    assert "\x1b[1;31mError:\x1b[0m `nothing` is not there" in reply(
        start("run-once", "nothing", env={"FORCE_COLOR": "1"})
    )


def test_no_colour_changes_what_is_data(start: Start, make_task: MakeTask) -> None:
    make_task('() => ({ a: "b" })\n')
    for command in (("run-once", "total"), ("list", "--json"), ("list",), ("doctor", "--json")):
        assert "\x1b" not in reply(start(*command, env={"FORCE_COLOR": "1"}))


def test_tasks_on_a_terminal_are_a_table(start: Start, make_task: MakeTask) -> None:
    make_task(name="orders/total", metadata={"description": "Adds up the \x1b[31mitems\u202e of an order " * 4})
    make_task(name="greeting", metadata={"description": "[bold]Greets[/bold]\nsomebody", "version": "1.10.0"})
    code, stdout, stderr = on_terminal(start, "list")
    assert (code, stderr) == (0, "")
    assert "\n".join(line.rstrip() for line in _CODES.sub("", stdout).splitlines()) == snapshot("""\
Name      Version  Path          Description
greeting  1.10.0   greeting      [bold]Greets[/bold]
total     1.2.3    orders/total  Adds up the \\x1b[31mitems\\u202e of an order Adds up the
                                 \\x1b[31mitems\\u202e of an order Adds up the \\x1b[31mitems\\u202e of
                                 an order Adds up the \\x1b[31mitems\\u202e of an order\
""")
    assert "\x1b[1m" in stdout
    assert "\x1b" not in on_terminal(start, "list", env={"NO_COLOR": "1"})[1]


def test_where_nobody_looks_the_lines_are_those_of_a_pipe(start: Start, make_task: MakeTask) -> None:
    make_task()
    piped = reply(start("list"))
    assert piped == snapshot("""\
exit 0
--- stdout
total  1.2.3  total  Adds up the items of an order
""")
    for environment in ({"TERM": "dumb"}, {"CLAUDECODE": "1"}):
        _, stdout, _ = on_terminal(start, "list", env=environment)
        assert f"exit 0\n--- stdout\n{stdout}" == piped


def test_findings_on_a_terminal_are_a_table_with_a_summary(start: Start) -> None:
    code, stdout, stderr = on_terminal(start, "doctor")
    head, *rows = [line.split() for line in _CODES.sub("", stdout).splitlines()]
    assert (code, head) == (0, ["State", "What", "Found"])
    assert [row[1] for row in rows if row[0] in ("ok", "warning")][:3] == ["ratchet", "python", "system"]
    assert re.fullmatch(r"\n(Everything works here|\d+ ok, \d+ to look at, 0 to mend)\n", stderr)


def test_progress_keeps_the_bar_in_its_place(start: Start, make_task: MakeTask) -> None:
    make_task('(input, context) => { context.progress(1, 2, "halfway"); console.warn("odd"); return null }\n')
    _, _, stderr = on_terminal(start, "run-once", "total", env={"NO_COLOR": "1"})
    assert re.search(r"^━* +50% 1/2 halfway$", _CODES.sub("\n", stderr), re.MULTILINE)
    assert "warn: odd\n" in stderr
    for environment in ({"TERM": "dumb"}, {"CURSOR_AGENT": "1"}):
        shown = on_terminal(start, "run-once", "total", env=environment)[2]
        assert _CODES.sub("", shown) == "warn: odd\n"


def test_an_agent_reads_failures_and_the_summary(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task(name="all/fine")
    make_task(name="all/odd", metadata={"colour": "red"})
    make_task("(input) => {", name="all/bad")
    for_people = ratchet("validate", "all")
    as_json = ratchet("validate", "all", "--json")
    monkeypatch.setenv("CLAUDECODE", "1")
    assert ratchet("validate", "all") == snapshot("""\
exit 3
--- stdout
all/bad: 1 problem
error: Syntax error: Unexpected end of the file
  --> all/bad/main.js:1:13
   |
 1 | (input) => {
   |             ^
--- stderr
2 valid, 1 not
""")
    assert ratchet("validate", "all/fine") == snapshot("""\
exit 0
--- stderr
1 valid, 0 not
""")
    assert for_people.startswith("exit 3\n")
    assert ratchet("validate", "all", "--json") == as_json
    monkeypatch.setenv("CLAUDECODE", "0")
    assert ratchet("validate", "all") == for_people


@pytest.mark.parametrize("variable", AGENTS)
def test_every_agent_is_known(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    make_task()
    monkeypatch.setenv(variable, "1")
    assert ratchet("validate") == "exit 0\n--- stderr\n1 valid, 0 not\n"


def test_an_agent_reads_what_does_not_work(ratchet: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    findings = json.loads(ratchet("doctor", "--json").partition("--- stdout\n")[2])
    monkeypatch.setenv("AGENT", "somebody")
    code, _, text = ratchet("doctor").partition("\n")
    assert code == "exit 0"
    lines = text.partition("--- stderr\n")[0].removeprefix("--- stdout\n").splitlines()
    assert len([line for line in lines if line[:1] != " "]) == sum(each["state"] != "ok" for each in findings)
    assert re.search(r"--- stderr\n(Everything works here|\d+ ok, \d+ to look at, 0 to mend)\n$", text)


def test_what_the_console_keeps_of_a_reply_has_no_colour(start: Start, make_task: MakeTask, folder: Path) -> None:
    make_task()
    (folder / "lines").write_text("validate total\nset\n")
    assert on_terminal(start, "console", "--script", "lines")[1] == snapshot("""\
total: \x1b[32mok\x1b[0m
_='total: ok'
""")
    (folder / "lines").write_text("valdate\n")
    assert on_terminal(start, "console", "--script", "lines")[2] == snapshot("""\
\x1b[1;31mError:\x1b[0m No such command `valdate`
\x1b[1;36mHint:\x1b[0m Did you mean `validate`?
Stopped with exit code 2
  --> lines:1
   |
 1 | valdate
""")
