"""Completion in the console: what the shells complete, and the console's own words, variables and scripts."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

# The machinery behind `--install-completion`; Typer has no other name for it.
from typer._completion_classes import BashComplete

from ratchet.cli.application import COMMANDS, Session, build_application
from ratchet.cli.console_lines import LineReader
from ratchet.cli.console_session import WORDS, ConsoleSession
from ratchet.cli.console_variables import InvalidLine, Word, expand
from ratchet.cli.shared_options import put_first

_VARIABLE = re.compile(r"\$\{?(\w*)$")


class Candidate(NamedTuple):
    """What a word may become."""

    value: str
    summary: str | None = None


class ConsoleCompleter(Completer):
    """Completes the word before the cursor."""

    def __init__(self, session: ConsoleSession) -> None:
        self._session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what the word may become."""
        text = document.text_before_cursor
        variable = _VARIABLE.search(text)
        if variable is not None:
            names = sorted(name for name in self._session.variables if name.startswith(variable[1]))
            yield from (Completion(name, start_position=-len(variable[1])) for name in names)
            return
        reader = LineReader()
        try:
            reader.feed(text)
            words = [self._expand(word) for word in reader.words]
            start, begun = reader.unfinished or (len(text), ())
            begun_text = self._expand(begun)
        except InvalidLine:
            return
        head = _option_before_value(begun_text)
        for candidate in self._candidates(words, begun_text):
            value = shlex.quote(head + candidate.value)
            yield Completion(value, start - len(text), display=candidate.value, display_meta=candidate.summary)

    def _expand(self, word: Word) -> str:
        return expand(word, self._session.known())

    def _candidates(self, words: Sequence[str], begun: str) -> Iterator[Candidate]:
        if words[:1] == ["ratchet"]:
            words = words[1:]
        elif not words:
            yield from (Candidate(name, own.summary) for name, own in WORDS.items() if name.startswith(begun))
        elif words[0] in WORDS:
            special = _OF_WORDS.get(words[0])
            if special is not None:
                yield from special(words[1:], begun)
            return
        yield from complete(words, begun)


def complete(words: Sequence[str], begun: str) -> Iterator[Candidate]:
    """Yield what a shell would offer after these words of a command line."""
    machinery = BashComplete(build_application(), {"obj": Session()}, "ratchet", "_RATCHET_COMPLETE")
    for item in machinery.get_completions(put_first(words), begun):
        yield Candidate(item.value, item.help)


def _option_before_value(begun: str) -> str:
    """Return `--option=` of `--option=value`, of which only the value is completed."""
    option, equals, _ = begun.partition("=")
    return option + equals if equals and option.startswith("--") else ""


def _complete_file(words: Sequence[str], begun: str) -> Iterator[Candidate]:
    if not words:
        for found in PathCompleter().get_completions(Document(begun), CompleteEvent()):
            yield Candidate(begun + found.text)


def _complete_help(words: Sequence[str], begun: str) -> Iterator[Candidate]:
    known = list(COMMANDS) if not words else []
    yield from (Candidate(name, COMMANDS[name][1]) for name in known if name.startswith(begun))


_OF_WORDS: dict[str, Callable[[Sequence[str], str], Iterator[Candidate]]] = {
    "source": _complete_file,
    "help": _complete_help,
}
