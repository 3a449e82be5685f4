"""Warn of integers that JavaScript cannot hold exactly."""

from __future__ import annotations

from ratchet.task.pointer import pointer_of
from ratchet.values import Json, Problem

LARGEST_EXACT = 2**53
_MOST_PROBLEMS = 100


def check_precision(value: Json) -> list[Problem]:
    """Return a warning for every integer beyond 2^53, each with its JSON Pointer."""
    problems: list[Problem] = []
    waiting: list[tuple[tuple[str | int, ...], Json]] = [((), [value])]
    while waiting and len(problems) < _MOST_PROBLEMS:
        path, part = waiting.pop()
        deeper = []
        for key, child in part.items() if type(part) is dict else enumerate(part):
            if type(child) is int:
                if not -LARGEST_EXACT <= child <= LARGEST_EXACT:
                    problems.append(_warning((*path, key)[1:], child))
            elif type(child) is dict or type(child) is list:
                deeper.append(((*path, key), child))
        waiting.extend(reversed(deeper))
    return problems[:_MOST_PROBLEMS]


def _warning(path: tuple[str | int, ...], number: int) -> Problem:
    digits = f"`{number}`" if abs(number) < 10**40 else "an integer of many digits"
    message = f"JavaScript cannot hold {digits} exactly: it is beyond 2^53"
    return Problem(message, pointer=pointer_of(path), hint="Write it as a string", severity="warning")
