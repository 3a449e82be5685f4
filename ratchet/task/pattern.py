"""Regular expressions that somebody else wrote, matched in linear time."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache


@lru_cache(256)
def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """Return a function that searches a text for a pattern of ECMA-262, without lookaround and back-references.

    Those are what takes exponential time, so no text and no pattern can hold the search up.

    Raises:
        ValueError: It is no such pattern.
    """
    import jsonschema_rs

    options = jsonschema_rs.RegexOptions()
    try:
        validator = jsonschema_rs.validator_for({"type": "string", "pattern": pattern}, pattern_options=options)
    except (ValueError, jsonschema_rs.ValidationError):
        raise ValueError("is not a regular expression that can be used") from None
    return validator.is_valid
