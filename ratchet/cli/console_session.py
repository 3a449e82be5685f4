"""A session of the console: runs lines as the shell would, with variables and scripts."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ratchet.cli.application import COMMANDS, Session
from ratchet.cli.console_lines import Line, read_lines
from ratchet.cli.console_output import keep_stdout
from ratchet.cli.console_script import read_script
from ratchet.cli.console_variables import InvalidLine, expand, parse_assignment
from ratchet.cli.report import inert, render_place
from ratchet.cli.talk import print_error
from ratchet.errors import InvalidInput, RatchetError, Refused
from ratchet.task.text import nearest, printable
from ratchet.values import Place

RunCommand = Callable[[Sequence[str], Session], int]

_DEEPEST = 16
_USAGE = 2
_BROKEN_PIPE = 141


class OwnWord(NamedTuple):
    """A word that the console has beside the commands."""

    usage: str
    summary: str


WORDS = {
    "help": OwnWord("help [COMMAND]…", "Show this list, or the help of a command."),
    "set": OwnWord("set [NAME=VALUE]", "Set a variable, or list those that are set."),
    "source": OwnWord("source FILE", "Run the lines of a file, up to the first that fails."),
    "exit": OwnWord("exit [CODE]", "Leave, with this exit code."),
    "quit": OwnWord("quit [CODE]", "Leave, too."),
}
"""The console's own words."""


class ConsoleSession:
    """What lasts from line to line.

    Args:
        run_command: Runs one command line as the shell does and returns its exit code.
        session: The options that were given to the console; those of a line come before them.
        environment: Where variables are looked up that the session has not set.
    """

    def __init__(self, run_command: RunCommand, session: Session, environment: Mapping[str, str]) -> None:
        self._run_command = run_command
        self._session = session._replace(in_console=True, started=None)
        self._environment = environment
        self._sources: list[str] = []
        self._own: Mapping[str, Callable[[Sequence[str]], int]] = {
            "help": self._help,
            "set": self._set,
            "source": self._source,
            "exit": self._exit,
            "quit": self._exit,
        }
        self.variables: dict[str, str] = {}
        self.status = 0
        self.ended: int | None = None
        """The exit code of the whole console, once it is to end."""

    def run_lines(self, lines: Iterable[str], file: str | None = None) -> int:
        """Run lines up to the first that fails and return the exit code.

        Args:
            file: The name to show with the number of the line that failed; None for what somebody has just typed.
        """
        for line in read_lines(lines):
            self.status = self._run_line(line)
            if self.ended is not None:
                return self.ended
            if self.status == _BROKEN_PIPE:
                # Nobody reads on; whatever else were printed would be lost.
                self.ended = self.status
            if self.status:
                if file is not None and self.ended is None:
                    self._report_stop(line, file)
                return self.status
        return 0

    def source(self, path: str) -> int:
        """Run the lines of a file and return the exit code.

        Raises:
            RatchetError: The file cannot be read, is running already, or too many run inside one another.
        """
        real = os.path.realpath(path)
        if real in self._sources:
            raise InvalidInput(f"`{printable(path)}` is running already", hint="A script cannot run itself")
        if len(self._sources) >= _DEEPEST:
            raise InvalidInput(f"More than {_DEEPEST} scripts would run inside one another")
        lines = read_script(path)
        self._sources.append(real)
        try:
            return self.run_lines(lines, path)
        finally:
            self._sources.pop()

    def _run_line(self, line: Line) -> int:
        try:
            if line.problem is not None:
                raise line.problem
            return self._run_words([expand(word, self.known()) for word in line.words])
        except InvalidLine as error:
            print_error(Refused(error.message, hint=error.hint))
            return _USAGE
        except RatchetError as error:
            return print_error(error)

    def _run_words(self, words: Sequence[str]) -> int:
        name, *rest = words
        if name in self._own:
            return self._own[name](rest)
        if name == "ratchet":
            # Hints and documents write commands as the shell takes them.
            return self._command(rest)
        if name not in COMMANDS and not name.startswith("-"):
            match = nearest(name, [*COMMANDS, *WORDS])
            hint = f"Did you mean `{match}`?" if match else "`help` lists the commands"
            raise InvalidLine(f"No such command `{printable(name)}`", hint)
        return self._command(words)

    def _command(self, arguments: Sequence[str]) -> int:
        with keep_stdout() as kept:
            code = self._run_command(arguments, self._session)
        printed = kept.text
        if printed is None:
            self.variables.pop("_", None)
        elif printed:
            self.variables["_"] = printed
        return code

    def _help(self, words: Sequence[str]) -> int:
        known = [word for word in words if word in WORDS]
        if words and not known:
            return self._run_command([*words, "--help"], self._session)
        code = 0 if words else self._run_command(["--help"], self._session)
        if not words:
            print("\nIn the console also:")
        for word in known or WORDS:
            print(f"  {WORDS[word].usage:16}  {WORDS[word].summary}")
        return code

    def _set(self, words: Sequence[str]) -> int:
        for word in words:
            name, value = parse_assignment(word)
            self.variables[name] = value
        if not words:
            for name, value in sorted(self.variables.items()):
                print(inert(f"{name}={shlex.quote(value)}"))
        return 0

    def _source(self, words: Sequence[str]) -> int:
        if len(words) != 1:
            raise InvalidLine("`source` takes one file", "`source FILE` runs its lines")
        return self.source(words[0])

    def _exit(self, words: Sequence[str]) -> int:
        code = words[0] if words else "0"
        if len(words) > 1 or not code.isascii() or not code.isdigit() or int(code[:4]) > 255:
            raise InvalidLine("`exit` takes a number from 0 to 255", "`exit` alone is `exit 0`")
        self.ended = int(code)
        return self.ended

    def known(self) -> Mapping[str, str]:
        """Return every variable that a line can name: those of the session before those of the environment."""
        return {**self._environment, **self.variables, "?": str(self.status)}

    def _report_stop(self, line: Line, file: str) -> None:
        place = Place(file, line.number, None, line.text)
        print("\n".join([f"Stopped with exit code {self.status}", *render_place(place)]), file=sys.stderr)
