"""Lines of the console: words as a POSIX shell quotes them, JSON as it is, and variables.

* Between words white space, and comments from `#` to the end of the line.
* `'…'` is taken as it is; in `"…"` and outside, a backslash and `$` mean what they mean in a shell.
* `{` and `[`, at the start of a word or after `=`, begin JSON, which goes on to the bracket that closes it.
* `$NAME`, `${NAME}`, `${NAME:-default}`: the value is data, never split or read again. In JSON it becomes JSON.
* A line goes on while a quote or bracket is open, and after a backslash at its end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ratchet.cli.console_variables import NAME, InvalidLine, Reference, Within, Word, parse_braces

_WHITE = " \t\r\n"


class Line(NamedTuple):
    """One line, which may have gone on over several of its file.

    Args:
        number: The number of its first line, from 1.
        text: Its first line, to show.
        problem: Why it cannot be understood.
    """

    number: int
    text: str
    words: tuple[Word, ...]
    problem: InvalidLine | None = None


class LineReader:
    """Take the characters of a line, and of the next one while it is open, and make words of them."""

    def __init__(self) -> None:
        self.words: list[Word] = []
        self._states: list[Callable[[str], None]] = [self._between]
        self._word: list[str | Reference] = []
        self._begun = False
        self._json_may_begin = False
        self._depth = 0
        self._variable = ""
        self._taken = 0
        self._start = 0

    @property
    def is_open(self) -> bool:
        """Tell, after a line feed, whether the line goes on."""
        return self._states != [self._between]

    @property
    def unfinished(self) -> tuple[int, Word] | None:
        """Return the word that is being written: the offset where it begins, and what there is of it."""
        return (self._start, tuple(self._word)) if self.is_open and self._states[-1] != self._comment else None

    def feed(self, text: str) -> None:
        """Take characters.

        Raises:
            InvalidLine: `${…}` holds no name.
        """
        for character in text:
            self._states[-1](character)
            self._taken += 1

    def _enter(self, state: Callable[[str], None]) -> None:
        self._states.append(state)

    def _leave(self) -> None:
        self._states.pop()

    def _add(self, part: str | Reference) -> None:
        self._word.append(part)
        self._begun = True

    def _between(self, character: str) -> None:
        if character in _WHITE:
            return
        if character == "#":
            self._enter(self._comment)
            return
        self._start = self._taken
        self._json_may_begin = True
        self._enter(self._plain)
        self._plain(character)

    def _comment(self, character: str) -> None:
        if character == "\n":
            self._leave()

    def _plain(self, character: str) -> None:
        if character in _WHITE:
            self._end_word()
        elif character in "{[" and self._json_may_begin:
            self._enter(self._json)
            self._json(character)
        elif character in _SPECIAL:
            # A quote is a word even with nothing in it; a backslash and a line feed are none.
            self._begun = self._begun or character in "'\""
            self._enter(getattr(self, _SPECIAL[character]))
        else:
            self._add(character)
        self._json_may_begin = character == "="

    def _end_word(self) -> None:
        self._leave()
        if self._begun:
            self.words.append(tuple(self._word))
        self._word = []
        self._begun = False

    def _single(self, character: str) -> None:
        if character == "'":
            self._leave()
        else:
            self._add(character)

    def _double(self, character: str) -> None:
        if character == '"':
            self._leave()
        elif character == "\\":
            self._enter(self._escaped_in_double)
        elif character == "$":
            self._enter(self._dollar)
        else:
            self._add(character)

    def _escaped(self, character: str) -> None:
        self._leave()
        if character != "\n":
            self._add(character)

    def _escaped_in_double(self, character: str) -> None:
        self._leave()
        if character != "\n":
            self._add(character if character in '"\\$' else f"\\{character}")

    def _json(self, character: str) -> None:
        if character == "$":
            self._enter(self._dollar)
            return
        self._add(character)
        if character == '"':
            self._enter(self._json_string)
        self._depth += (character in "{[") - (character in "}]")
        if self._depth == 0:
            self._leave()

    def _json_string(self, character: str) -> None:
        if character == "\\":
            self._enter(self._escaped_in_json)
        elif character == "$":
            self._enter(self._dollar)
        else:
            self._add(character)
            if character == '"':
                self._leave()

    def _escaped_in_json(self, character: str) -> None:
        self._leave()
        self._add(character if character == "$" else f"\\{character}")

    def _dollar(self, character: str) -> None:
        self._leave()
        self._variable = ""
        if character == "{":
            self._enter(self._braces)
        elif character == "?":
            self._refer("?")
        elif re.fullmatch(NAME, character):
            self._variable = character
            self._enter(self._name)
        else:
            self._add("$")
            self._states[-1](character)

    def _name(self, character: str) -> None:
        if re.fullmatch(NAME, self._variable + character):
            self._variable += character
            return
        self._leave()
        self._refer(self._variable)
        self._states[-1](character)

    def _braces(self, character: str) -> None:
        if character != "}" or self._variable.count("{") > self._variable.count("}"):
            self._variable += character
            return
        self._leave()
        self._refer(*parse_braces(self._variable))

    def _refer(self, name: str, default: str | None = None) -> None:
        self._add(Reference(name, default, self._within()))

    def _within(self) -> Within:
        if self._states[-1] == self._json:
            return "json"
        return "json string" if self._states[-1] == self._json_string else "word"


_SPECIAL = {"'": "_single", '"': "_double", "\\": "_escaped", "$": "_dollar"}


def read_lines(lines: Iterable[str]) -> Iterator[Line]:
    """Yield the lines that hold words, each as soon as its last character has come."""
    reader, number, text = LineReader(), 1, ""
    for count, line in enumerate(lines, 1):
        if not reader.is_open:
            reader, number, text = LineReader(), count, line.rstrip(_WHITE)
        try:
            reader.feed(line.removesuffix("\n") + "\n")
        except InvalidLine as problem:
            yield Line(number, text, (), problem)
            reader = LineReader()
            continue
        if reader.words and not reader.is_open:
            yield Line(number, text, tuple(reader.words))
    if reader.is_open:
        unclosed = InvalidLine("The line ends in the middle", "Close the quote or the bracket that is open")
        yield Line(number, text, (), unclosed)


def is_open(text: str) -> bool:
    """Tell whether a text ends in the middle of a line."""
    reader = LineReader()
    for line in text.split("\n"):
        if not reader.is_open:
            reader = LineReader()
        try:
            reader.feed(f"{line}\n")
        except InvalidLine:
            reader = LineReader()
    return reader.is_open
