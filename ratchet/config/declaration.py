"""What is said about a setting, and whether a value fits it.

This is read on the way from the shell to a result: pydantic, which takes a tenth of a second to import, is only asked
when a file or the environment has changed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple, TypeAlias

from ratchet.values import Json, JsonObject

Kind = Literal["flag", "whole", "number", "word", "text", "secret", "path", "uri", "list", "texts", "map"]
"""A `list` is one of objects, a `map` has objects by their names, `texts` are a list of texts.

A `uri` is a path too where it has no scheme; a `secret` is `env:NAME`, `file:PATH` or the secret itself.
"""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
"""What an entry of a map may be called."""

MASK = "********"
"""What is shown of a secret, and so is none."""


class Setting(NamedTuple):
    """One setting, from which its variable, file key, JSON Schema and documentation derive.

    Args:
        name: With its unit, inside the section; dots where it stands in a group; empty where it is the whole section.
        optional: Null is a value too.
        above, least, most: The range of a number; `above` itself is outside.
        words: What a word may be.
        trusted: Only a file that the user has named or trusts may set it, not any that was found beside a task.
        fields: The keys of an entry of a list or map.
        check: What is wrong with an entry of a list or map as a whole: the key to blame and a sentence.
    """

    name: str
    kind: Kind
    default: Json
    description: str
    optional: bool = False
    above: float | None = None
    least: float | None = None
    most: float | None = None
    words: tuple[str, ...] = ()
    trusted: bool = False
    fields: tuple[Setting, ...] = ()
    check: Callable[[JsonObject], tuple[str, str] | None] | None = None


SectionFault: TypeAlias = tuple[str, str, *tuple[str | int, ...]]
"""The name to blame, a sentence that follows it, and the steps from its value to the part that is wrong."""


class Section(NamedTuple):
    """The settings of one part of Ratchet.

    Args:
        check: What is wrong with values that fit one by one, by their names.
    """

    name: str
    description: str
    settings: tuple[Setting, ...]
    check: Callable[[Mapping[str, Json]], SectionFault | None] | None = None


_EXPECTED = {
    "flag": "true or false",
    "list": "a list",
    "map": "an object with an entry for each name",
    "path": "a path",
    "secret": "`env:NAME`, `file:PATH` or a secret",
    "text": "a text",
    "texts": "a list of texts",
    "uri": "a path or a URI",
}


def expected(setting: Setting) -> str:
    """Return what a value of a setting must be, to stand after `not`."""
    if setting.kind == "word":
        quoted = [f"`{word}`" for word in setting.words]
        words = quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
    elif setting.kind in ("whole", "number"):
        words = _expected_number(setting)
    else:
        words = _EXPECTED[setting.kind]
    return f"{words}, or null" if setting.optional else words


def _expected_number(setting: Setting) -> str:
    noun = "a whole number" if setting.kind == "whole" else "a number"
    if setting.above is not None and setting.most is not None:
        return f"{noun} above {setting.above:,g} and at most {setting.most:,g}"
    lowest, highest = setting.least or 0, setting.most
    return f"{noun} from {lowest:,.10g}" + ("" if highest is None else f" to {highest:,.10g}")


def fits(setting: Setting, value: Json) -> bool:
    """Tell whether a value that needs no conversion is one of a setting."""
    if value is None:
        return setting.optional
    match setting.kind:
        case "flag":
            return type(value) is bool
        case "whole":
            return type(value) is int and _in_range(setting, value)
        case "number":
            # A whole number can be too large to become a float.
            return (type(value) is int or (type(value) is float and math.isfinite(value))) and _in_range(setting, value)
        case "word":
            return value in setting.words
        case "text" | "path" | "uri":
            return _is_text(value)
        case "secret":
            return _is_text(value) and value != MASK
        case "texts":
            return isinstance(value, list) and all(_is_text(entry) for entry in value)
        case "list" | "map":
            return _entries_fit(setting, value)


def whole_key(section: Section, setting: Setting) -> str:
    """Return the key of a setting of a section, such as `execution.workers.max`."""
    return f"{section.name}.{setting.name}" if setting.name else section.name


def _is_text(value: Json) -> bool:
    return isinstance(value, str) and bool(value) and "\0" not in value


def _in_range(setting: Setting, value: float) -> bool:
    if setting.above is not None and value <= setting.above:
        return False
    if setting.least is not None and value < setting.least:
        return False
    return setting.most is None or value <= setting.most


def _entries_fit(setting: Setting, value: Json) -> bool:
    if setting.kind == "map":
        names = list(value) if isinstance(value, dict) else [""]
        return all(NAME.fullmatch(name) for name in names) and all(_entry_fits(setting, value[name]) for name in names)
    return isinstance(value, list) and all(_entry_fits(setting, entry) for entry in value)


def _entry_fits(setting: Setting, entry: Json) -> bool:
    """Tell whether a list or map may have an entry; keys that are null are left out of it."""
    if not isinstance(entry, dict) or not entry.keys() <= {field.name for field in setting.fields}:
        return False
    if not all(fits(field, entry.get(field.name)) for field in setting.fields):
        return False
    return setting.check is None or setting.check(entry) is None
