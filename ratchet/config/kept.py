"""Validated values, kept between commands by the digest of all that they come from."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from contextlib import suppress

import ratchet
from ratchet.config.declaration import fits
from ratchet.config.settings import SECTIONS, SETTINGS, section_fault
from ratchet.config.source import Source
from ratchet.values import Json, JsonObject, Place, Problem

_FOLDER = "configuration"
_MOST_FILES = 64
_MOST_BYTES = 1024 * 1024
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
    head = json.dumps([ratchet.__version__, list(SETTINGS), source.path, path, variables])
    return hashlib.sha256(head.encode() + b"\0" + source.content).hexdigest()


def load_values(folder: str, digest: str) -> tuple[dict[str, Json], tuple[Problem, ...]] | None:
    """Return the values and warnings that were kept, None unless every one of them fits."""
    try:
        with open(_file(folder, digest), "rb") as file:
            # A cache folder that others may write to must not let them choose the limits.
            if sys.platform != "win32" and os.fstat(file.fileno()).st_uid != os.geteuid():
                return None
            document = json.loads(file.read(_MOST_BYTES))
        warnings = tuple(_warning_of(entry) for entry in document["warnings"])
        values = document["values"]
        return (values, warnings) if _all_fit(values) else None
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
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
    """Keep values where that is possible; a cache that cannot be written costs time and nothing else."""
    import tempfile

    target = _file(folder, digest)
    document = {"values": values, "warnings": [_warning_json(warning) for warning in warnings]}
    with suppress(OSError):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        _forget_oldest(os.path.dirname(target))
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=os.path.dirname(target), delete=False) as file:
            json.dump(document, file)
        os.replace(file.name, target)


def _warning_json(warning: Problem) -> JsonObject:
    place = warning.place or Place("")
    where = {"file": place.file or None, "line": place.line, "column": place.column, "text": place.text}
    return {"message": warning.message, "pointer": warning.pointer, "hint": warning.hint, **where}


def _forget_oldest(folder: str) -> None:
    """Make room: every change of a file or a variable leaves an entry that nobody asks for again."""
    paths = [entry.path for entry in os.scandir(folder)]
    if len(paths) >= _MOST_FILES:
        for path in sorted(paths, key=os.path.getmtime)[: len(paths) // 2]:
            os.unlink(path)


def _file(folder: str, digest: str) -> str:
    return os.path.join(folder, _FOLDER, f"{digest}.json")
