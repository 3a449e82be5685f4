"""Put the values of variables where a text of the file refers to them: `${VAR}`, `${VAR:-default}`, `$${` for `${`."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ratchet.task.text import printable

_REFERENCE = re.compile(r"\$\$\{|\$\{(?P<inside>[^{}\n]*)\}|\$\{")
_INSIDE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?P<default>:-.*)?")


class BadReference(Exception):
    """A reference that has no value.

    Args:
        message: A sentence that follows the key.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def expand(text: str, environment: Mapping[str, str]) -> str:
    """Return a text with its references replaced.

    Raises:
        BadReference: A variable without a default is not set, or a reference is malformed.
    """
    return _REFERENCE.sub(lambda match: _value_of(match, environment), text)


def _value_of(match: re.Match[str], environment: Mapping[str, str]) -> str:
    if match[0] == "$${":
        return "${"
    inside = None if match["inside"] is None else _INSIDE.fullmatch(match["inside"])
    if inside is None:
        hint = "Write `${NAME}` or `${NAME:-default}`, or `$${` for the characters themselves"
        raise BadReference(f"holds `{printable(match[0])}`, which is no reference", hint)
    value = environment.get(inside["name"])
    if inside["default"] is not None:
        # As in a shell: a variable that is set to nothing has its default too.
        return value or inside["default"][2:]
    if value is None:
        name = inside["name"]
        raise BadReference(f"needs the variable `{name}`, which is not set", f"Set it, or write `${{{name}:-default}}`")
    return value


def escape(text: str) -> str:
    """Return a text that expands to this one."""
    return text.replace("${", "$${")
