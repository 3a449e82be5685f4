"""Find where in a JSON or YAML text a value stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from json import JSONDecodeError, loads
from typing import NamedTuple

from ratchet.task.pointer import path_of_pointer, pointer_of
from ratchet.task.text import place_at, printable
from ratchet.values import Problem

# A string that is never closed is one token too: trying again at each quote inside it would take quadratic time.
_TOKEN = r'"(?:[^"\\]|\\.)*+"?|[\[\]{}:,]|[^\s"\[\]{}:,]++'
_MOST_DUPLICATES = 100


class Node(NamedTuple):
    """A value in a text: how deep, under which key or index, and where.

    Args:
        depth: 0 for the root.
        step: The key or index in the parent; "" for the root.
        offset, end: The value's first character and the one after it; for an array or object, after its bracket.
        key_offset: The key's first character; the value's own where there is no key.
    """

    depth: int
    step: str | int
    offset: int
    end: int
    key_offset: int
    scalar: bool


class Duplicate(NamedTuple):
    """A key that an object has twice."""

    key: str
    pointer: str
    offset: int
    first_offset: int


def walk_json(text: str) -> Iterator[Node]:
    """Yield every value of a JSON text in order; a text that is not JSON gives what can be made of it."""
    stack: list[str | int | None] = []
    key_offset = -1
    for match in re.finditer(_TOKEN, text, re.DOTALL):
        token, offset = match.group(), match.start()
        if token in "]}":
            if stack:
                stack.pop()
            key_offset = -1
        elif token == ",":
            top = stack[-1] if stack else None
            if stack:
                stack[-1] = top + 1 if isinstance(top, int) else None
            key_offset = -1
        elif token == ":":
            continue
        elif token[0] == '"' and stack and stack[-1] is None:
            stack[-1] = _read_string(token)
            key_offset = offset
        else:
            step = stack[-1] if stack else ""
            where = offset if key_offset < 0 else key_offset
            yield Node(len(stack), "" if step is None else step, offset, match.end(), where, token not in "[{")
            key_offset = -1
            if token in "[{":
                stack.append(0 if token == "[" else None)


def _read_string(token: str) -> str:
    try:
        return str(loads(token))
    except JSONDecodeError:
        return token


def locate(nodes: Iterable[Node], pointer: str) -> Node | None:
    """Return the value that a JSON Pointer names, or its nearest parent that is there."""
    wanted = path_of_pointer(pointer)
    best: Node | None = None
    matched = 0
    for node in nodes:
        if matched and node.depth <= matched:
            break
        if node.depth == 0:
            best = node
        elif node.depth == matched + 1 and matched < len(wanted) and str(node.step) == wanted[matched]:
            best, matched = node, matched + 1
        if matched == len(wanted) and best is not None:
            break
    return best


def find_duplicates(nodes: Iterable[Node]) -> Iterator[Duplicate]:
    """Yield every key that an object has more than once."""
    path: list[str | int] = []
    seen: list[dict[str, int]] = []
    for node in nodes:
        del path[max(node.depth - 1, 0) :]
        del seen[node.depth :]
        if node.depth:
            path.append(node.step)
            if isinstance(node.step, str):
                keys = seen[node.depth - 1]
                if node.step in keys:
                    yield Duplicate(node.step, pointer_of(path), node.key_offset, keys[node.step])
                keys.setdefault(node.step, node.key_offset)
        seen.append({})


def duplicate_problems(file: str, text: str, nodes: Iterable[Node]) -> list[Problem]:
    """Return a problem for every key that an object has more than once."""
    return [
        Problem(
            f"The key `{printable(duplicate.key)}` is there twice",
            place_at(file, text, duplicate.offset),
            duplicate.pointer,
            hint=f"Remove one; the first is on line {place_at(file, text, duplicate.first_offset).line}",
        )
        for duplicate in islice(find_duplicates(nodes), _MOST_DUPLICATES)
    ]


def first_deeper_than(text: str, depth: int) -> int:
    """Return the offset of the first bracket of a JSON text that opens one level too many."""
    return next((node.offset for node in walk_json(text) if not node.scalar and node.depth >= depth), 0)


def nodes_by_steps(nodes: Iterable[Node]) -> dict[tuple[str | int, ...], Node]:
    """Return the values of a text, in their order, by the steps that lead to them."""
    found: dict[tuple[str | int, ...], Node] = {}
    path: list[str | int] = []
    for node in nodes:
        del path[max(node.depth - 1, 0) :]
        if node.depth:
            path.append(node.step)
        found[tuple(path)] = node
    return found
