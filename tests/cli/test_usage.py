"""What the command line says about itself, and about command lines that it cannot understand."""

from __future__ import annotations

import pytest
from inline_snapshot import snapshot

import ratchet as package
from tests.cli.conftest import Command, MakeTask


def test_without_a_command_help_is_printed(ratchet: Command) -> None:
    assert ratchet() == snapshot("""\
exit 0
--- stdout
Usage: ratchet [OPTIONS] COMMAND [ARGS]...

  Run small, schema-checked JavaScript tasks in a sandbox that can be trusted.

  The options stand before or after the command.

Options:
  --version             Show the version and exit
  --config FILE         Configuration file  [default: (looked for)]
  --log-level LEVEL     Log of executions: debug, info, warning or error
                        [default: (warning)]
  --log-format FORMAT   Form of that log: text or json  [default: (text)]
  --install-completion  Set up completion of commands and tasks in the shell
                        that runs this
  --show-completion     Print what that would set up
  --help                Show this message and exit.

Commands:
  run-once     Run one task and print its output as JSON.
  validate     Report every problem of tasks, without running them.
  test         Run the cases of tasks.
  permissions  Find out what a task needs to reach.
  replay       Run a recording again, without the network, and say what
               differs.
  list         List the tasks in a folder, or all there are.
  repo         Manage the sources that tasks come from.
  generate     Write new tasks, and entries for MCP clients.
  config       Check, write and show the configuration.
  console      Type commands at a prompt, or run a script of them.
  serve        Serve tasks over HTTP.
  mcp          Serve tasks to language models over the Model Context Protocol.
  mcp-serve    Another name for `ratchet mcp`.
  job          Have tasks run later or elsewhere, and look at what has come of
               it.
  schedule     Have tasks run again and again, at the times of a cron rule.
  worker       Work on the jobs of a shared database, beside a server or
               another worker.
  execution    Look at executions, run them again, and remove old ones.
  db           Look after the database that holds executions.
  cache        Show or clear what is kept to save time.
  doctor       Say what works on this machine, what does not, and how to mend
               it.
""")
    assert ratchet() == ratchet("--help")


def test_the_version_is_printed(ratchet: Command) -> None:
    assert ratchet("--version") == f"exit 0\n--- stdout\nratchet {package.__version__}\n"


def test_an_unknown_command_suggests_the_nearest(ratchet: Command) -> None:
    assert ratchet("run-onc", "x") == snapshot("""\
exit 2
--- stderr
Error: No such command `run-onc`
Hint: Did you mean `ratchet run-once`?
""")


def test_an_unknown_command_that_looks_like_none_points_to_the_help(ratchet: Command) -> None:
    assert ratchet("zzz") == snapshot("""\
exit 2
--- stderr
Error: No such command `zzz`
Hint: `ratchet --help` lists what it takes
""")


def test_an_unknown_subcommand_suggests_the_nearest(ratchet: Command) -> None:
    assert ratchet("generate", "tsk", "x") == snapshot("""\
exit 2
--- stderr
Error: No such command `tsk`
Hint: Did you mean `ratchet generate task`?
""")


def test_an_unknown_option_suggests_the_nearest(ratchet: Command) -> None:
    assert ratchet("run-once", "total", "--inptu", "{}") == snapshot("""\
exit 2
--- stderr
Error: No such option `--inptu`
Hint: Did you mean `--input`?
""")


def test_an_unknown_option_of_the_program_points_to_the_help(ratchet: Command) -> None:
    assert ratchet("--bogus") == snapshot("""\
exit 2
--- stderr
Error: No such option `--bogus`
Hint: `ratchet --help` lists what it takes
""")


def test_a_name_cannot_act_on_the_terminal(ratchet: Command) -> None:
    assert ratchet("a\x1b[31m\nb") == snapshot("""\
exit 2
--- stderr
Error: No such command `a\\x1b[31m\\nb`
Hint: `ratchet --help` lists what it takes
""")
    assert ratchet("run-once", "total", "x\x1b[31m\ny") == snapshot("""\
exit 2
--- stderr
Error: Unexpected argument `x\\x1b[31m\\x0ay`
Hint: `ratchet run-once --help` lists what it takes
""")


def test_an_option_without_its_value_names_the_command(ratchet: Command) -> None:
    assert ratchet("run-once", "total", "--input") == snapshot("""\
exit 2
--- stderr
Error: Option `--input` requires an argument
Hint: `ratchet run-once --help` lists what it takes
""")


@pytest.mark.parametrize(
    ("arguments", "reply"),
    [
        (
            ("run-once",),
            snapshot("""\
exit 2
--- stderr
Error: Name one task: a folder, a ZIP or a name
Hint: `ratchet run-once --help` lists what it takes
"""),
        ),
        (
            ("run-once", ""),
            snapshot("""\
exit 2
--- stderr
Error: Name one task: a folder, a ZIP or a name
Hint: `ratchet run-once --help` lists what it takes
"""),
        ),
        (
            ("run-once", "one", "two"),
            snapshot("""\
exit 2
--- stderr
Error: Unexpected argument `two`
Hint: `ratchet run-once --help` lists what it takes
"""),
        ),
        (
            ("run-once", "one", "--from-fs", "two"),
            snapshot("""\
exit 2
--- stderr
Error: Name one task: a folder, a ZIP or a name
Hint: `ratchet run-once --help` lists what it takes
"""),
        ),
        (
            ("run-once", "total", "--timeout", "soon"),
            snapshot("""\
exit 2
--- stderr
Error: Invalid value for `--timeout`: `soon` is not a number
Hint: `ratchet run-once --help` lists what it takes
"""),
        ),
        (
            ("run-once", "total", "--timeout", "0"),
            snapshot("""\
exit 2
--- stderr
Error: `--timeout` takes seconds, more than 0 and at most 86400
Hint: `ratchet run-once --help` lists what it takes
"""),
        ),
        (
            ("run-once", "total", "--timeout", "nan"),
            snapshot("""\
exit 2
--- stderr
Error: `--timeout` takes seconds, more than 0 and at most 86400
Hint: `ratchet run-once --help` lists what it takes
"""),
        ),
        (
            ("run-once", "total", "--memory", "much"),
            snapshot("""\
exit 2
--- stderr
Error: `--memory` takes a size such as `64MB` or a number of bytes
Hint: `ratchet run-once --help` lists what it takes
"""),
        ),
        (
            ("generate",),
            snapshot("""\
exit 2
--- stderr
Error: Missing command
Hint: `ratchet generate --help` lists what it takes
"""),
        ),
        (
            ("generate", "task"),
            snapshot("""\
exit 2
--- stderr
Error: Name one folder to make
Hint: `ratchet generate task --help` lists what it takes
"""),
        ),
    ],
)
def test_a_wrong_command_line_exits_with_2(ratchet: Command, arguments: tuple[str, ...], reply: str) -> None:
    assert ratchet(*arguments) == reply


def test_an_unknown_option_that_stands_after_any_command_suggests_the_nearest(ratchet: Command) -> None:
    assert ratchet("run-once", "total", "--log-levl", "debug") == snapshot("""\
exit 2
--- stderr
Error: No such option `--log-levl`
Hint: Did you mean `--log-level`?
""")


def test_a_word_that_an_option_does_not_take_suggests_the_nearest(ratchet: Command) -> None:
    assert ratchet("config", "generate", "--type", "dve") == snapshot("""\
exit 2
--- stderr
Error: `--type dve` is none of minimal, dev, production, enterprise, claude
Hint: Did you mean `--type dev`?
""")
    assert ratchet("config", "show", "--format", "xml") == snapshot("""\
exit 2
--- stderr
Error: `--format xml` is none of yaml, json
Hint: `ratchet config show --help` lists what it takes
""")
    assert ratchet("list", "--log-level", "debgu") == snapshot("""\
exit 3
--- stderr
Error: `--log-level` is `"debgu"`, not `debug`, `info`, `warning` or `error`
Hint: Did you mean `debug`?
""")


def test_a_task_without_its_folder_suggests_the_one_below(ratchet: Command, make_task: MakeTask) -> None:
    make_task(name="orders/total")
    for name in ("total", "totl"):
        assert ratchet("run-once", name) == (
            f"""\
exit 3
--- stderr
Error: `{name}` is not there
Hint: Did you mean `orders/total`?
"""
        )
