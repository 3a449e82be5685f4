"""Set one member of an object in a JSON text, or take it out, and leave everything else as it is written."""

from __future__ import annotations

import json
import re
from json import JSONDecoder
from typing import NamedTuple

from ratchet.task.pointer import pointer_of
from ratchet.task.positions import Node, locate, walk_json
from ratchet.values import Json, JsonObject

_STRING = r'"(?:[^"\\]|\\.)*+"'
_COMMENT = rf"({_STRING})|//[^\n\r]*|/\*.*?\*/"
_LAST_COMMA = rf"({_STRING})|,(?=\s*[\]}}])"


class UnclearTextError(Exception):
    """A text that is no JSON object, or that cannot be changed without changing more."""


class _Text(NamedTuple):
    """A text and what it says.

    Args:
        plain: The text with blanks in place of comments.
        pure: With blanks in place of trailing commas too: JSON, character by character where the text has it.
    """

    text: str
    plain: str
    pure: str
    value: JsonObject

    def node(self, path: tuple[str, ...]) -> Node:
        """Return where a value stands that is there."""
        node = locate(walk_json(self.pure), pointer_of(path))
        assert node is not None
        return node

    def end(self, node: Node) -> int:
        """Return the offset after a value."""
        return JSONDecoder().raw_decode(self.pure, node.offset)[1]

    def margin(self, offset: int) -> str:
        """Return the blanks in front of a line."""
        line = self.text[self.text.rfind("\n", 0, offset) + 1 :]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def render(self, value: Json, margin: str) -> str:
        """Return a value as lines of the text, in its own step and line ends."""
        lines = json.dumps(value, indent=self.step, ensure_ascii=False).split("\n")
        return f"{self.newline}{margin}".join(lines)

    @property
    def step(self) -> str:
        """By how much lines are moved in."""
        first = re.search(r"[^\s{]", self.pure)
        return (self.margin(first.start()) if first else "") or "  "

    @property
    def newline(self) -> str:
        """How lines end."""
        return "\r\n" if "\r\n" in self.text else "\n"


def read_object(text: str, *, comments: bool) -> JsonObject:
    """Return the object that a text holds.

    Args:
        comments: Whether comments and trailing commas are taken.

    Raises:
        UnclearTextError: It holds none.
    """
    return _read(text, comments).value


def set_member(text: str, key: str, name: str, value: Json, *, comments: bool) -> str:
    """Return a text in which the object under a key has this value under a name; see `read_object`.

    Raises:
        UnclearTextError: The object cannot be changed.
    """
    read = _read(text, comments)
    group = read.value.get(key, {})
    if not isinstance(group, dict):
        raise UnclearTextError(f"`{key}` is no object")
    wanted = {**read.value, key: {**group, name: value}}
    if key not in read.value:
        changed = _add(read, (), key, {name: value})
    elif name not in group:
        changed = _add(read, (key,), name, value)
    else:
        node = read.node((key, name))
        margin = read.margin(node.key_offset)
        changed = read.text[: node.offset] + read.render(value, margin) + read.text[read.end(node) :]
    return _checked(changed, wanted, comments)


def remove_member(text: str, key: str, name: str, *, comments: bool) -> str:
    """Return a text in which the object under a key has nothing under a name that was there; see `set_member`."""
    read = _read(text, comments)
    wanted = {**read.value, key: {other: value for other, value in read.value[key].items() if other != name}}
    return _checked(_cut(read, read.node((key, name))), wanted, comments)


def _read(text: str, comments: bool) -> _Text:
    plain = re.sub(_COMMENT, _blank, text, flags=re.DOTALL) if comments else text
    pure = re.sub(_LAST_COMMA, _blank, plain) if comments else text
    try:
        value = json.loads(pure)
    except (ValueError, RecursionError) as error:
        raise UnclearTextError(str(error)) from None
    if not isinstance(value, dict):
        raise UnclearTextError("it is no object")
    return _Text(text, plain, pure, value)


def _blank(match: re.Match[str]) -> str:
    return match[0] if match[1] is not None else re.sub(r"[^\r\n]", " ", match[0])


def _add(read: _Text, path: tuple[str, ...], name: str, value: Json) -> str:
    """Return the text with one more member at the end of an object."""
    node = read.node(path)
    start, end = node.offset + 1, read.end(node) - 1
    inside = read.text[start:end].rstrip()
    last = len(read.pure[start:end].rstrip())
    comma = "" if not last or read.plain[start:end].rstrip().endswith(",") else ","
    if last and "\n" not in read.text[start:end]:
        member = f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}"
        return f"{read.text[:start]}{inside}{comma} {member}{read.text[start + len(inside) :]}"
    margin = read.margin(end if "\n" in read.text[start:end] else node.offset)
    own = read.margin(start + len(read.pure[start:end]) - len(read.pure[start:end].lstrip())) if last else ""
    if not last or own == margin:
        own = margin + read.step
    # Who ends the last member with a comma wants the next one to have it too.
    member = f"{json.dumps(name)}: {read.render(value, own)}{'' if comma or not last else ','}"
    inside = inside[:last] + comma + inside[last:]
    return f"{read.text[:start]}{inside}{read.newline}{own}{member}{read.newline}{margin}{read.text[end:]}"


def _cut(read: _Text, node: Node) -> str:
    """Return the text without a member: its lines, and the comma that parted it from another."""
    text, start, end = read.text, node.key_offset, read.end(node)
    comma = re.compile(r"\s*,").match(read.plain, end)
    if comma:
        end = comma.end()
    else:
        former = len(read.plain[:start].rstrip()) - 1
        if read.plain[former] == ",":
            text = text[:former] + text[former + 1 :]
            start, end = start - 1, end - 1
    line = text.rfind("\n", 0, start) + 1
    rest = re.compile(r"[ \t]*\r?\n").match(text, end)
    if rest and not text[line:start].strip():
        start, end = line, rest.end()
    elif comma:
        end += len(text[end:]) - len(text[end:].lstrip(" \t"))
    else:
        start = len(text[:start].rstrip(" \t"))
    before, after = text[:start], text[end:]
    if before.rstrip().endswith("{") and after.lstrip().startswith("}"):
        return before.rstrip() + after.lstrip()
    return before + after


def _checked(text: str, wanted: JsonObject, comments: bool) -> str:
    """Return a changed text when it says what is wanted and nothing else."""
    if _read(text, comments).value != wanted:
        raise UnclearTextError("it has a key twice")
    return text
