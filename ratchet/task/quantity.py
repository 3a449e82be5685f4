"""Read durations and sizes as task authors write them."""

from __future__ import annotations

import math
import re

from ratchet.values import Json

_SIZE = r"\s*([0-9]{1,15}(?:\.[0-9]{1,9})?)\s*([kKmMgG]?)([iI]?)([bB]?)\s*"
_FACTORS = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
BARE_MILLISECONDS_FROM = 1000
"""A bare `timeout` from here up is milliseconds: nobody means 16 minutes."""


def parse_size(value: Json) -> int | None:
    """Return bytes from a number or a text such as `64MB` (1 MB is 1,048,576 bytes), None when it is neither."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if value > 0 else None
    if isinstance(value, float):
        return int(value) if math.isfinite(value) and value >= 1 and value.is_integer() else None
    match = re.fullmatch(_SIZE, value) if isinstance(value, str) else None
    if match is None:
        return None
    number, unit, binary, _ = match.groups()
    if binary and not unit:
        return None
    size = int(float(number) * _FACTORS[unit.lower()])
    return size if size > 0 else None


def parse_positive(value: Json) -> float | None:
    """Return a finite number above zero, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and number > 0 else None
