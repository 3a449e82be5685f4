"""Pin tasks: `ratchet.lock` says which digest and permissions each task of a source has been accepted with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from ratchet.errors import InvalidConfig, NotPermitted
from ratchet.registry.contents import Entry
from ratchet.registry.remote import permissions_of
from ratchet.task.model import Permissions, Task
from ratchet.task.new_file import write_file
from ratchet.task.parse import parse_json
from ratchet.task.text import decode_text, printable
from ratchet.task.version import parse_version, precedence
from ratchet.values import Json, JsonObject, Place, Problem

NAME = "ratchet.lock"
_FORMAT = 1
_MOST_BYTES = 16 * 1024 * 1024


class Pin(NamedTuple):
    """What a task was when it was accepted."""

    source: str
    name: str
    version: str
    digest: str
    permissions: Permissions


class Lock(NamedTuple):
    """The pins of a lock file.

    Args:
        path: The file as the user would type it, whether or not it is there.
        sources: The sources whose tasks are pinned, all of them.
    """

    path: str
    sources: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()

    def covers(self, source: str) -> bool:
        """Tell whether the tasks of a source are pinned."""
        return source in self.sources

    def of(self, source: str, name: str | None = None) -> list[Pin]:
        """Return the pins of a source, or of one of its tasks."""
        return [pin for pin in self.pins if pin.source == source and name in (None, pin.name)]

    def with_source(self, source: str, entries: Iterable[Entry]) -> Lock:
        """Return a lock that pins what a source offers, and nothing else of it."""
        pins = [pin_of(entry) for entry in entries]
        others = [pin for pin in self.pins if pin.source != source]
        return self._replace(sources=tuple(sorted({*self.sources, source})), pins=(*others, *pins))

    def without_source(self, source: str) -> Lock:
        """Return a lock that says nothing of a source."""
        sources = tuple(name for name in self.sources if name != source)
        return self._replace(sources=sources, pins=tuple(pin for pin in self.pins if pin.source != source))


def pin_of(entry: Entry) -> Pin:
    """Return the pin that accepts a task."""
    return Pin(entry.source, entry.name, entry.version, entry.digest, entry.permissions)


def load_lock(path: str) -> Lock:
    """Return what a lock file says; one that is not there pins nothing.

    Raises:
        InvalidConfig: It cannot be read, or is none.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(_MOST_BYTES)
    except FileNotFoundError:
        return Lock(path)
    except OSError as error:
        raise InvalidConfig(f"`{printable(path)}` cannot be read: {error.strerror}", place=Place(path)) from None
    document = parse_json(decode_text(data, file=path, kind=InvalidConfig), file=path, kind=InvalidConfig)
    try:
        if document["version"] != _FORMAT:
            raise ValueError("another version")
        return Lock(path, tuple(map(str, document["sources"])), tuple(map(_pin_from, document["tasks"])))
    except (LookupError, TypeError, ValueError, AttributeError):
        hint = "`ratchet repo refresh` writes it anew once it is deleted"
        raise InvalidConfig(f"`{printable(path)}` is not a lock file", place=Place(path), hint=hint) from None


def _pin_from(entry: Json) -> Pin:
    pin = Pin(entry["source"], entry["name"], entry["version"], entry["digest"], permissions_of(entry["permissions"]))
    if not all(isinstance(text, str) for text in pin[:4]):
        raise TypeError("a pin is made of texts")
    return pin


def save_lock(lock: Lock) -> None:
    """Write a lock file: sorted, one key a line, so that a change of it can be read.

    Raises:
        InvalidConfig: It cannot be written.
    """
    document = {
        "version": _FORMAT,
        "sources": sorted(lock.sources),
        "tasks": [_document_of(pin) for pin in sorted(lock.pins, key=lambda pin: pin[:3])],
    }
    try:
        write_file(lock.path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise InvalidConfig(f"`{printable(lock.path)}` cannot be written: {error.strerror or error}") from None


def _document_of(pin: Pin) -> JsonObject:
    facts = {"source": pin.source, "name": pin.name, "version": pin.version, "digest": pin.digest}
    return {**facts, "permissions": pin.permissions._asdict()}


def lock_path(config_file: str | None) -> str:
    """Return where the lock file is: beside the configuration file, else in the working folder."""
    return os.path.join(os.path.dirname(config_file), NAME) if config_file else NAME


def changes(pin: Pin, task: Task | Entry) -> list[Problem]:
    """Return what is different about a task since it was pinned; permissions first, for they matter most."""
    permissions = task.metadata.permissions if isinstance(task, Task) else task.permissions
    found = list(_permission_changes(pin.permissions, permissions))
    if task.version != pin.version:
        found.append(Problem(f"`{pin.version}` is `{task.version}` now", pointer="version"))
    if task.digest != pin.digest:
        found.append(Problem(f"`{_short(pin.digest)}` is `{_short(task.digest)}` now", pointer="digest"))
    return found


def _short(digest: str) -> str:
    return printable(digest[: len("sha256:") + 12])


def _permission_changes(before: Permissions, now: Permissions) -> Iterator[Problem]:
    for field in Permissions._fields:
        old, new = getattr(before, field), getattr(now, field)
        if old == new:
            continue
        pointer = f"permissions.{field}"
        if new is None:
            yield Problem("no longer says what it needs: anything that the operator allows", pointer=pointer)
        elif old is None:
            yield Problem(f"says what it needs: {_listed(new)}", pointer=pointer)
        else:
            yield from (Problem(f"`{printable(item)}` is new", pointer=pointer) for item in new if item not in old)
            yield from (Problem(f"`{printable(item)}` is gone", pointer=pointer) for item in old if item not in new)


def _listed(items: Sequence[str]) -> str:
    return ", ".join(f"`{printable(item)}`" for item in items) or "nothing"


def check_pinned(lock: Lock, source: str, task: Task, *, frozen: bool = False) -> None:
    """Refuse a task that is not the one that was accepted.

    Args:
        frozen: Refuse what the lock does not know, too.

    Raises:
        NotPermitted: With everything that has changed.
    """
    address = f"{source}/{task.name}"
    hint = f"`ratchet repo refresh {source}` accepts it"
    if not lock.covers(source):
        if frozen:
            raise NotPermitted(f"`{address}` is not in `{printable(lock.path)}`", hint=hint)
        return
    pins = lock.of(source, task.name)
    pin = next((pin for pin in pins if pin.version == task.version), None) or _newest(pins)
    if pin is None:
        raise NotPermitted(f"`{address}` is not in `{printable(lock.path)}`", hint=hint)
    different = changes(pin, task)
    if different:
        message = f"`{address}` is not what `{printable(lock.path)}` pins"
        raise NotPermitted(message, problems=different, hint=hint)


def _newest(pins: Sequence[Pin]) -> Pin | None:
    ranked = [(precedence(version), pin) for pin in pins if (version := parse_version(pin.version))]
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _of_task(change: Problem, task: str) -> Problem:
    return Problem(f"{change.pointer}: {change.message}" if change.pointer else change.message, pointer=task)


def drift(lock: Lock, source: str, entries: Sequence[Entry]) -> list[Problem]:
    """Return how what a source offers differs from what is pinned of it."""
    if not lock.covers(source):
        return [Problem(f"`{source}` is not in `{printable(lock.path)}`")]
    offered = {(entry.name, entry.version): entry for entry in entries}
    pinned = {(pin.name, pin.version): pin for pin in lock.of(source)}
    problems = []
    for key in sorted(offered.keys() | pinned.keys()):
        shown = f"{source}/{key[0]}@{key[1]}"
        if key not in pinned:
            before = _newest(lock.of(source, key[0]))
            asked = _permission_changes(before.permissions if before else Permissions(), offered[key].permissions)
            found = [Problem("is new"), *asked]
            problems += [_of_task(change, shown) for change in found]
        elif key not in offered:
            problems.append(Problem("is gone", pointer=shown))
        else:
            problems += [_of_task(change, shown) for change in changes(pinned[key], offered[key])]
    return problems
