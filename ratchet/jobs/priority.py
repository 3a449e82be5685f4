"""Priorities: numbers from 1 to 100, of which the higher run first, and names for four of them."""

from __future__ import annotations

from ratchet.errors import InvalidInput
from ratchet.task.text import printable
from ratchet.values import Json

LOWEST, HIGHEST = 1, 100
NAMES = {"low": 25, "normal": 50, "high": 75, "urgent": 100}
_OTHER_NAMES = {"critical": "urgent"}


def parse_priority(value: Json) -> int:
    """Return the number of a priority.

    Raises:
        InvalidInput: It is neither a name nor a number in range.
    """
    if type(value) is int and LOWEST <= value <= HIGHEST:
        return value
    if isinstance(value, str):
        name = _OTHER_NAMES.get(value, value)
        if name in NAMES:
            return NAMES[name]
        if name.isascii() and name.isdigit() and LOWEST <= int(name[:4]) <= HIGHEST:
            return int(name)
    shown = printable(str(value))
    hint = f"It is {', '.join(f'`{name}`' for name in NAMES)} or a number from {LOWEST} to {HIGHEST}"
    raise InvalidInput(f"There is no priority `{shown}`", hint=hint)


def rank_of(priority: int) -> int:
    """Return the number by which jobs are sorted, the lowest first."""
    return HIGHEST + 1 - priority


def priority_of(rank: int) -> int:
    """Return the priority that a rank stands for."""
    return HIGHEST + 1 - rank
