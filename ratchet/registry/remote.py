"""Read a source elsewhere: ask it now and then, keep what it gave, serve that when it cannot be asked."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple

from ratchet.errors import InvalidTask, RatchetError, Unavailable
from ratchet.registry.contents import Contents, Entry, entry_of, without_doubles
from ratchet.registry.folder import left_out
from ratchet.registry.source import Source, shown_uri
from ratchet.registry.store import Store
from ratchet.task.load import build_task
from ratchet.task.model import Permissions, Task
from ratchet.values import Json, JsonObject, Problem


class Fetched(NamedTuple):
    """What a source gave.

    Args:
        revision: See `Contents`.
        found: The path of each task in the source, and the task or why it is none.
    """

    revision: str | None
    found: Sequence[tuple[str, Task | RatchetError]]


Fetch = Callable[[Source, Store, str | None], Fetched | None]
"""Asks a source; None when it is still at the revision that is given. Raises Unavailable."""


class RemoteReader:
    """Reads a source that is fetched.

    Args:
        offline: Never ask the source.
    """

    def __init__(self, source: Source, store: Store, fetch: Fetch, *, offline: bool = False) -> None:
        self.source = source
        self._store = store
        self._fetch = fetch
        self._offline = offline
        self._key = json.dumps([source.type, source.uri, source.branch, source.ref, source.subdirectory])

    def read(self, *, fresh: bool = False, name: str | None = None) -> Contents:
        """Return what the source offers: what was fetched a moment ago, else what it gives now, else what is kept."""
        offer = self._store.offer(self._key)
        kept = None if offer is None else self._contents_of(offer)
        if self._offline:
            return _instead(kept, "The source is not asked")
        age = float("inf") if kept is None or kept.fetched_at is None else time.time() - kept.fetched_at
        if kept is not None and not fresh and 0 <= age < self.source.polling_seconds:
            return kept
        try:
            # Without every task at hand, what has not changed is asked for again too.
            known = kept.revision if kept is not None and self._is_whole(kept) else None
            fetched = self._fetch(self.source, self._store, known)
        except Unavailable as error:
            return _instead(kept, error.message)
        document = {**(offer or {}), "fetched_at": time.time()} if fetched is None else self._document_of(fetched)
        self._store.put_offer(self._key, document)
        return self._contents_of(document) or Contents(state="unusable", detail="What it offers cannot be kept")

    def _is_whole(self, contents: Contents) -> bool:
        return all(self._store.has_task(entry.digest) for entry in contents.entries)

    def _document_of(self, fetched: Fetched) -> JsonObject:
        entries: list[Entry] = []
        problems: list[Problem] = []
        paths: dict[str, str] = {}
        for path, found in fetched.found:
            if isinstance(found, Task):
                self._store.put_task(found.files)
                paths[found.digest] = path
                entries.append(entry_of(self.source, found))
            else:
                problems.append(left_out(found, f"{self.source.name}/{path}"))
        offered, doubles = without_doubles(entries)
        return {
            "uri": shown_uri(self.source.uri),
            "revision": fetched.revision,
            "fetched_at": time.time(),
            "tasks": [{"path": paths[entry.digest], **entry_document(entry)} for entry in offered],
            "problems": [[problem.message, problem.hint] for problem in (*problems, *doubles)],
        }

    def _contents_of(self, document: Json) -> Contents | None:
        """Return what a kept document says, None where it cannot be understood."""
        with suppress(LookupError, TypeError, ValueError, AttributeError):
            return Contents(
                tuple(self._entry_of(task) for task in document["tasks"]),
                tuple(Problem(message, hint=hint) for message, hint in document["problems"]),
                revision=document["revision"],
                fetched_at=float(document["fetched_at"]),
            )
        return None

    def _entry_of(self, task: JsonObject) -> Entry:
        name, digest, path = task["name"], task["digest"], task["path"]
        location = f"{self.source.name}/{name}"
        return Entry(
            self.source.name,
            name,
            task["version"],
            digest,
            permissions_of(task["permissions"]),
            task["summary"],
            location,
            lambda: load_stored(self._store, digest, location, path.rpartition("/")[2] or name),
        )


def load_stored(store: Store, digest: str, location: str, folder: str) -> Task:
    """Return a task that was fetched, after a look at whether its files are still what the digest says.

    Raises:
        InvalidTask: They are not, or are not there.
    """
    try:
        files = store.task_files(digest)
    except InvalidTask as error:
        raise InvalidTask(f"`{location}` cannot be used: {error.message}", hint=error.hint) from None
    return build_task(location, "", folder, files, foreign=True)


def entry_document(entry: Entry) -> JsonObject:
    """Return what is kept of an entry."""
    return {
        "name": entry.name,
        "version": entry.version,
        "digest": entry.digest,
        "permissions": entry.permissions._asdict(),
        "summary": entry.summary,
    }


def permissions_of(document: JsonObject) -> Permissions:
    """Return the permissions that a document lists."""
    lists = {key: None if document[key] is None else tuple(map(str, document[key])) for key in Permissions._fields}
    return Permissions(lists["net"], lists["methods"], lists["secrets"] or (), lists["tasks"] or ())


def _instead(kept: Contents | None, reason: str) -> Contents:
    """Return what is kept in place of what could not be asked for."""
    if kept is None:
        return Contents(state="unusable", detail=f"{reason}, and nothing was fetched before")
    moment = datetime.fromtimestamp(kept.fetched_at or 0, UTC)
    return kept._replace(state="cached", detail=f"{reason}; as it was at {moment:%Y-%m-%d %H:%M} UTC")
