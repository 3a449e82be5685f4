"""Validated values, kept between commands by the digest of all that they come from."""

from __future__ import annotations

import json
import os
import re

import ratchet
from ratchet.cache import Cache, key_of
from ratchet.config.declaration import fits
from ratchet.config.settings import SECTIONS, SETTINGS, section_fault
from ratchet.config.source import Source
from ratchet.values import Json, JsonObject, Place, Problem

_KIND = "configuration"
_REFERENCE = re.compile(rb"\$\{(\w+)")


def digest_of(source: Source) -> str:
    """Return the digest of the version, the file, and every variable that can have a say."""
    environment = source.environment
    names = {name for name in environment if name.startswith("RATCHET_")} | {"HOME"}
    # More than the file really refers to, for a comment can hold a reference too; that does no harm.
    names |= {match.decode("ascii", "replace") for match in _REFERENCE.findall(source.content)}
    variables = {name: environment.get(name) for name in sorted(names)}
    path = None if source.path is None else os.path.abspath(source.path)
    # The path as typed stands in warnings.
    head = json.dumps([ratchet.__version__, list(SETTINGS), source.path, path, source.named, variables])
    return key_of(head, source.content)


def load_values(folder: str, digest: str) -> tuple[dict[str, Json], tuple[Problem, ...]] | None:
    """Return the values and warnings that were kept, None unless every one of them fits."""
    document = Cache(folder).load(_KIND, digest)
    if document is None:
        return None
    try:
        warnings = tuple(_warning_of(entry) for entry in document["warnings"])
        values = document["values"]
        return (values, warnings) if _all_fit(values) else None
    except (LookupError, TypeError):
        return None


def _all_fit(values: Json) -> bool:
    if not isinstance(values, dict) or values.keys() != SETTINGS.keys():
        return False
    if not all(fits(setting, values[key]) for key, setting in SETTINGS.items()):
        return False
    return all(section_fault(values, section) is None for section in SECTIONS)


def _warning_of(entry: JsonObject) -> Problem:
    texts = [entry["message"], entry["file"], entry["text"], entry["pointer"], entry["hint"]]
    line, column = entry["line"], entry["column"]
    if not all(text is None or isinstance(text, str) for text in texts) or texts[0] is None:
        raise TypeError("a warning is made of texts")
    if not all(number is None or type(number) is int for number in (line, column)):
        raise TypeError("a place is made of numbers")
    place = None if entry["file"] is None else Place(entry["file"], line, column, entry["text"])
    return Problem(entry["message"], place, entry["pointer"], entry["hint"], "warning")


def save_values(folder: str, digest: str, values: dict[str, Json], warnings: tuple[Problem, ...]) -> None:
    """Keep values where that is possible; a cache that cannot be written costs time and nothing else.

    Those with a secret among them are not kept: a reference to it is quicker, and safer.
    """
    if _holds_secret(values):
        return
    document = {"values": values, "warnings": [_warning_json(warning) for warning in warnings]}
    Cache(folder, values["cache.max_bytes"]).save(_KIND, digest, document)


def _holds_secret(values: dict[str, Json]) -> bool:
    """Tell whether a secret itself is among the values: it must not stand in a second file."""
    from ratchet.config.secrets import is_reference

    secrets = [values[key] for key, setting in SETTINGS.items() if setting.kind == "secret"]
    secrets += [
        entry.get(field.name)
        for key, setting in SETTINGS.items()
        for field in setting.fields
        if field.kind == "secret"
        for entry in values[key]
    ]
    return any(secret is not None and not is_reference(secret) for secret in secrets)


def _warning_json(warning: Problem) -> JsonObject:
    place = warning.place or Place("")
    where = {"file": place.file or None, "line": place.line, "column": place.column, "text": place.text}
    return {"message": warning.message, "pointer": warning.pointer, "hint": warning.hint, **where}
