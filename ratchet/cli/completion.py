"""What a shell offers when somebody presses Tab.

Typer speaks to the shells; here are the candidates. Typer puts them and their descriptions into lines that some shells
evaluate, and quotes only part of what these act on. So a candidate that a shell would have to quote is not offered (the
shell then completes file names itself), and a description, which the author of a task wrote, is cut down to words.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ratchet.task.model import Task

Candidate = tuple[str, str]
"""A word and its description."""

VARIABLE = "_RATCHET_COMPLETE"
"""Set by a shell that asks what may come next."""

_OPTIONS = {
    "install_completion": "Set up completion of commands and tasks in the shell that runs this",
    "show_completion": "Print what that would set up",
}
_MOST_NAMES = 10_000
_MOST_TASKS = 200
_LONGEST_DESCRIPTION = 60
# Letters of any language; nothing that bash, zsh, fish or PowerShell expand, split or end a word at.
# Compiled when used: every command imports this file.
_UNQUOTED = r"(?![-@])~?[\w./@+-]+"
_NOT_WORDS = r"[^\w.,/+-]+"


def complete_task(incomplete: str) -> list[Candidate]:
    """Return what may stand where a command takes a task."""
    return _offered(task_candidates(incomplete))


def complete_folder(incomplete: str) -> list[Candidate]:
    """Return the folders that hold tasks, below the word that is typed."""
    folders = dict.fromkeys(os.path.dirname(path) for path, _ in _paths_like(incomplete))
    return _offered((folder, "") for folder in folders if folder)


def complete_words(words: Callable[[], Iterable[str]]) -> Callable[[], list[str]]:
    """Return what completes an option that takes one of a few words."""
    return lambda: list(words())


def task_candidates(word: str) -> Iterator[Candidate]:
    """Yield every task that a word may be the beginning of, each with its description."""
    from ratchet.errors import RatchetError
    from ratchet.task.load import load_task

    for shown, path in _paths_like(word):
        try:
            yield shown, _description_of(load_task(path))
        except RatchetError:
            # `ratchet validate` takes it, and says what is wrong.
            yield shown, ""
    yield from _named_like(word)


def _named_like(word: str) -> Iterator[Candidate]:
    """Yield the tasks of sources whose names begin like a word, as far as they are known without asking anybody."""
    from ratchet.cli.paths import cache_folder
    from ratchet.config.load import load_configuration
    from ratchet.errors import RatchetError

    try:
        configuration = load_configuration(cache_folder=cache_folder())
        if not configuration.values["registry.sources"]:
            return
        from ratchet.cli.sources import open_catalogue
        from ratchet.registry.catalogue import names_in

        offers = open_catalogue(configuration, offline=True).read()
    except RatchetError:
        # The command itself says what is wrong with the configuration.
        return
    summaries = {entry.name: entry.summary for offer in offers for entry in offer.contents.entries}
    for name in names_in(offers):
        if name.startswith(word):
            yield name, summaries[name.rpartition("/")[2]]


def _description_of(task: Task) -> str:
    return task.metadata.description or task.metadata.label


def _paths_like(word: str) -> Iterator[Candidate]:
    """Yield the tasks at and below the paths that begin like a word: as they would be typed, and where they are."""
    from ratchet.task.nearby import look_into, tasks_below

    typed = word[: len(word) - len(os.path.basename(word))]
    parent = os.path.expanduser(typed) or os.curdir
    try:
        folders, archives, _ = look_into(parent, _MOST_NAMES)
    except (OSError, ValueError):
        return
    found: list[str] = []
    for path in sorted(folders + archives):
        if os.path.basename(path).startswith(os.path.basename(word)) and len(found) < _MOST_TASKS:
            found += [path] if _is_task(path) else tasks_below(path, _MOST_TASKS - len(found))
    for path in found:
        yield typed + os.path.relpath(path, parent).replace(os.sep, "/"), path


def _is_task(path: str) -> bool:
    from ratchet.task.metadata import METADATA_FILES

    return os.path.isfile(path) or any(os.path.isfile(os.path.join(path, name)) for name in METADATA_FILES)


def _offered(candidates: Iterable[Candidate]) -> list[Candidate]:
    return [(word, _in_words(description)) for word, description in candidates if re.fullmatch(_UNQUOTED, word)]


def _in_words(description: str) -> str:
    words = re.sub(_NOT_WORDS, " ", description).strip()
    return words if len(words) <= _LONGEST_DESCRIPTION else words[:_LONGEST_DESCRIPTION].rpartition(" ")[0]


def prepare_options(command: Any) -> Any:
    """Return the whole program with Typer's options for completion in the words of the others."""
    for parameter in command.params:
        if parameter.name in _OPTIONS:
            parameter.help = _OPTIONS[parameter.name]
            parameter.callback = _in_known_shell(parameter.callback)
    return command


def _in_known_shell(callback: Callable[..., Any]) -> Callable[..., Any]:
    """Return Typer's callback, which says on stdout that it does not know a shell, with a refusal before it."""

    def run(context: Any, parameter: Any, value: Any) -> Any:
        if value and not context.resilient_parsing:
            from typer._completion_shared import Shells, _get_shell_name

            from ratchet.errors import Refused

            name = _get_shell_name()
            if name not in [shell.value for shell in Shells]:
                found = f"`{name}` runs this" if name else "no shell runs this"
                hint = "Run it in the shell that is to complete"
                raise Refused(f"There is completion for bash, zsh, fish and PowerShell; {found}", hint=hint)
        return callback(context, parameter, value)

    return run


def share_options(command: Any, shared: Iterable[Any]) -> None:
    """Let a command and those below it complete the options that may stand after any command."""
    command.params.extend(shared)
    for below in getattr(command, "commands", {}).values():
        share_options(below, shared)
