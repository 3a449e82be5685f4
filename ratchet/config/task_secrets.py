"""Secrets that tasks may name: what may stand in their section, and what reads each when it is needed."""

from __future__ import annotations

import functools
import importlib.util
import re
from collections.abc import Mapping

from ratchet.config.secrets import check_line, read_secret
from ratchet.errors import InvalidConfig, MissingExtra
from ratchet.gateway.host_patterns import parse_pattern
from ratchet.gateway.secret import Secret
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject

_PLACES = ("env", "file", "keyring")
_SIGN = "sign"
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_IN_KEYRING = re.compile(r".+/[^/]+")


def check_secret(entry: JsonObject) -> tuple[str, str] | None:
    """Return the key to blame and a sentence for a secret that cannot be; values of a wrong type are seen elsewhere."""
    places = [key for key in _PLACES if entry.get(key) is not None]
    if not places:
        return "env", "is missing, and so are `file` and `keyring`: one of them says where the value is"
    if len(places) > 1:
        return places[1], f"stands beside `{places[0]}`, and one of them is enough"
    place, written = places[0], entry[places[0]]
    # What is written may be the secret itself, so it is not repeated.
    if place == "env" and isinstance(written, str) and not _VARIABLE.fullmatch(written):
        return "env", "is not the name of a variable"
    if place == "keyring" and isinstance(written, str) and not _IN_KEYRING.fullmatch(written):
        return "keyring", "is not `SERVICE/NAME`"
    return _check_use(entry)


def _check_use(entry: JsonObject) -> tuple[str, str] | None:
    hosts, use = _texts(entry.get("hosts")), _texts(entry.get("use"))
    other = next((word for word in use if word != _SIGN), None)
    if other is not None:
        return "use", f"holds `{printable(other)}`, and `{_SIGN}` is all there is"
    for host in hosts:
        try:
            parse_pattern(host)
        except ValueError as error:
            return "hosts", f"holds `{printable(host)}`, which {error}"
    if not hosts and not use and not _is_of_another_type(entry):
        return "hosts", f"is missing, and so is `use: [{_SIGN}]`: nobody could use the secret"
    return None


def _texts(value: Json) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _is_of_another_type(entry: JsonObject) -> bool:
    return any(entry.get(key) and not _texts(entry[key]) for key in ("hosts", "use"))


def secrets_of(entries: Mapping[str, JsonObject], environment: Mapping[str, str]) -> list[Secret]:
    """Return the secrets of the configuration; their values are read when they are needed."""
    return [
        Secret(
            name,
            functools.partial(read_value, entry, environment),
            hosts=tuple(entry.get("hosts") or ()),
            may_sign=_SIGN in (entry.get("use") or ()),
        )
        for name, entry in entries.items()
    ]


def read_value(entry: JsonObject, environment: Mapping[str, str]) -> str:
    """Return the value that an entry says where to find.

    Raises:
        InvalidConfig: It is not there, or not one line of text.
        MissingExtra: It is in the keyring, and nothing that reads one is installed.
    """
    for place in ("env", "file"):
        if entry.get(place) is not None:
            return read_secret(f"{place}:{entry[place]}", environment)
    return _read_keyring(entry["keyring"])


def check_keyring() -> None:
    """Check that a keyring could be read, which asks nobody for a password.

    Raises:
        MissingExtra: Nothing that reads one is installed.
    """
    if importlib.util.find_spec("keyring") is None:
        raise MissingExtra(
            "The keyring needs `keyring`, which is not installed",
            hint="`python -m pip install 'ratchet-js[keyring]'` adds it",
        )


def _read_keyring(text: str) -> str:
    check_keyring()
    import keyring
    import keyring.errors

    service, _, name = text.rpartition("/")
    holder = f"`{printable(text)}` in the keyring"
    try:
        value = keyring.get_password(service, name)
    except keyring.errors.KeyringError as error:
        raise InvalidConfig(f"The keyring cannot be read: {printable(str(error))}") from None
    if value is None:
        hint = f"`keyring set {printable(service)} {printable(name)}` puts it there"
        raise InvalidConfig(f"There is no {holder}", hint=hint)
    return check_line(value, f"What is {holder}")
