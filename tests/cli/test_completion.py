"""What a shell is offered when somebody presses Tab."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from ratchet.cli.application import COMMANDS
from tests.cli.conftest import Command, MakeTask
from tests.cli.program import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]


@pytest.fixture
def complete(ratchet: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Return a function that asks as bash does for what may follow some words; the last one may be unfinished."""

    def ask(*words: str) -> str:
        monkeypatch.setenv("_RATCHET_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", "\n".join(["ratchet", *words]))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        return ratchet()

    return ask


@pytest.fixture
def environment(folder: Path, tmp_path: Path) -> dict[str, str]:
    """Return an environment in which `ratchet` is this checkout, and the home is a folder of its own."""
    commands = tmp_path / "commands"
    commands.mkdir()
    launcher = commands / "ratchet"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m ratchet "$@"\n')
    launcher.chmod(0o755)
    home = tmp_path / "own"
    home.mkdir()
    return {
        **os.environ,
        "HOME": str(home),
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "TERM": "dumb",
    }


def test_tasks_below_the_word_are_offered(complete: Command, make_task: MakeTask, folder: Path) -> None:
    for name in ("orders/total", "orders/deep/er/refund", "greeting", ".hidden/secret", "order", "node_modules/x"):
        make_task(name=name)
    (folder / "order.zip").write_bytes(b"")
    (folder / "orders/empty").mkdir()
    assert complete("run-once", "ord") == snapshot("""\
exit 0
--- stdout
order
order.zip
orders/total
""")
    assert complete("validate", "greeting", "./orders/d") == snapshot("""\
exit 0
--- stdout
./orders/deep/er/refund
""")
    assert complete("run-once", f"{folder}/gr") == f"exit 0\n--- stdout\n{folder}/greeting\n"
    assert complete("run-once", "--from-fs", "gr") == snapshot("""\
exit 0
--- stdout
greeting
""")
    assert (
        complete("run-once", "nothing/")
        == complete("run-once", "zzz")
        == snapshot("""\
exit 0
--- stdout

""")
    )
    assert complete("list", "") == snapshot("""\
exit 0
--- stdout
orders
""")


def test_commands_and_options_are_offered(complete: Command) -> None:
    assert complete("") == "exit 0\n--- stdout\n" + "".join(f"{name}\n" for name in COMMANDS)
    assert complete("config", "s") == snapshot("""\
exit 0
--- stdout
show
schema
""")
    assert complete("list", "--") == snapshot("""\
exit 0
--- stdout
--json
--config
--log-level
--log-format
--help
""")


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (
            ("--log-level", ""),
            snapshot("""\
exit 0
--- stdout
debug
info
warning
error
"""),
        ),
        (
            ("run-once", "x", "--log-level", "de"),
            snapshot("""\
exit 0
--- stdout
debug
"""),
        ),
        (
            ("config", "show", "--log-format", ""),
            snapshot("""\
exit 0
--- stdout
text
json
"""),
        ),
        (
            ("config", "show", "--format", ""),
            snapshot("""\
exit 0
--- stdout
yaml
json
"""),
        ),
        (
            ("config", "show", "--section", "c"),
            snapshot("""\
exit 0
--- stdout
cache
"""),
        ),
        (
            ("config", "generate", "--type", ""),
            snapshot("""\
exit 0
--- stdout
minimal
dev
production
enterprise
claude
"""),
        ),
        (
            ("generate", "task", "--template", "t"),
            snapshot("""\
exit 0
--- stdout
transform
typescript
"""),
        ),
    ],
)
def test_words_that_an_option_takes_are_offered(complete: Command, words: tuple[str, ...], offered: str) -> None:
    assert complete(*words) == offered


def test_commands_are_offered_without_loading_one(environment: dict[str, str]) -> None:
    code = """import sys, os, ratchet.cli
ratchet.cli.main([])
print([name for name in sys.modules if name.startswith(("ratchet.execution", "ratchet.task", "rich"))])"""
    asked = {"_RATCHET_COMPLETE": "complete_bash", "COMP_WORDS": "ratchet\n", "COMP_CWORD": "1"}
    shown = subprocess.check_output([sys.executable, "-P", "-c", code], env={**environment, **asked}, text=True)
    assert shown.splitlines()[-1] == "[]"


def test_zsh_fish_and_powershell_show_descriptions(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task()
    make_task(name="broken", files={"metadata.json": "{"})
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "ratchet run-once ")
    monkeypatch.setenv("_RATCHET_COMPLETE", "complete_zsh")
    assert ratchet() == snapshot("""\
exit 0
--- stdout
_arguments '*: :(("broken"
"total":"Adds up the items of an order"))'
""")
    monkeypatch.setenv("_RATCHET_COMPLETE", "complete_powershell")
    assert ratchet() == snapshot("""\
exit 0
--- stdout
broken::: \n\
total:::Adds up the items of an order
""")
    monkeypatch.setenv("_RATCHET_COMPLETE", "complete_fish")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
    assert ratchet() == snapshot("""\
exit 0
--- stdout
broken
total	Adds up the items of an order
""")
    monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "is-args")
    assert ratchet().startswith("exit 0\n")
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "ratchet run-once zzz")
    # fish then completes file names itself.
    assert ratchet().startswith("exit 1\n")


def test_nothing_that_a_shell_would_run_is_offered(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "Adds \\$(touch pwned) `touch pwned` '; touch pwned; ' \"[bold] :::[/x] {a,b} $HOME\n!!"
    make_task(metadata={"description": hostile})
    for number, name in enumerate(
        ("$(touch pwned)", "`id`", "a b", "a;b", "a'b", 'a"b', "a\nb", "-x", "a\\b", "!!", "*")
    ):
        make_task(name=name, metadata={"name": f"t{number}"})
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", "ratchet run-once ")
    monkeypatch.setenv("_RATCHET_COMPLETE", "complete_zsh")
    assert ratchet() == snapshot("""\
exit 0
--- stdout
_arguments '*: :(("total":"Adds touch pwned touch pwned touch pwned bold /x a,b HOME"))'
""")


def test_bash_completes_what_is_typed(make_task: MakeTask, environment: dict[str, str], folder: Path) -> None:
    make_task(name="orders/total")
    with Terminal(["bash", "--norc", "--noprofile", "-i"], environment) as bash:
        bash.type("PS1='> '; unset HISTFILE; ratchet --install-completion && . ~/.bashrc && echo re''ady\n")
        bash.wait_for("ready\r\n")
        bash.type("ratchet val\tord\t\n")
        bash.wait_for("ratchet validate orders/total ")
        bash.wait_for("orders/total: ok\r\n")
        bash.type("ratchet config generate --type pr\t | head -n 1; exit\n")
        bash.wait_for("--type production ")
    assert sorted(path.name for path in Path(environment["HOME"]).iterdir()) == [".bash_completions", ".bashrc"]


def test_bash_is_told_nothing_that_it_would_run(make_task: MakeTask, environment: dict[str, str], folder: Path) -> None:
    make_task(name="$(touch pwned)")
    script = (
        '. <(ratchet --show-completion); COMP_WORDS=(ratchet run-once ""); COMP_CWORD=2; '
        '_ratchet_completion ratchet; echo "${#COMPREPLY[@]}"'
    )
    shown = subprocess.run(
        ["bash", "--norc", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert (shown.stdout, shown.stderr) == ("0\n", "")
    assert not (folder / "pwned").exists()


def test_a_shell_that_has_no_completion_is_refused(folder: Path, environment: dict[str, str]) -> None:
    (folder / "dash").symlink_to("/bin/sh")
    shown = subprocess.run(
        [str(folder / "dash"), "-c", "ratchet --install-completion; echo $?"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert (shown.stdout, shown.stderr) == snapshot(
        (
            "3\n",
            """\
Error: There is completion for bash, zsh, fish and PowerShell; `dash` runs this
Hint: Run it in the shell that is to complete
""",
        )
    )
    assert list(Path(environment["HOME"]).iterdir()) == []


class Terminal:
    """A program on a terminal, and somebody who types and reads."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        # Not on Windows, which has no bash either.
        pty = pytest.importorskip("pty")
        self._ours, theirs = pty.openpty()
        self._process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )
        os.close(theirs)
        self._shown = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                list(self._read())
                self._process.wait(PATIENCE_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            os.close(self._ours)

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def wait_for(self, text: str) -> None:
        """Read until a text has come since the last one that was waited for."""
        reading = self._read()
        while text not in self._shown:
            assert next(reading, None) is not None, f"the program has ended: {self._shown}"
        self._shown = self._shown.partition(text)[2]

    def _read(self) -> Iterator[str]:
        while True:
            ready, _, _ = select.select([self._ours], [], [], PATIENCE_SECONDS)
            assert ready, f"the program says nothing more: {self._shown}"
            try:
                data = os.read(self._ours, 65_536)
            except OSError:  # Linux, when the last writer is gone.
                return
            if not data:
                return
            self._shown += data.decode()
            yield self._shown
