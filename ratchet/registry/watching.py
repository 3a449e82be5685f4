"""Notice that what the sources offer has changed, for programs that run for long."""

from __future__ import annotations

import importlib.util
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from ratchet.registry.catalogue import Catalogue, Offer
from ratchet.registry.contents import Contents
from ratchet.registry.source import Source, path_of
from ratchet.task.text import printable

_log = logging.getLogger(__name__)

UNWATCHED_SECONDS = 2.0
"""How often a folder is read that changes as people work, where it cannot be watched."""

Fingerprint = tuple[object, ...]
"""What is different when a source offers something else."""


class Watcher:
    """Reads the sources of a catalogue again, and says when one offers something else.

    A source that is watched is read as soon as a file of it changes, where `watchfiles` is installed (extra `watch`);
    every source is read when its polling interval has passed.

    Args:
        changed: Called with what a source offers now, from the watcher's thread.
    """

    def __init__(self, catalogue: Catalogue, changed: Callable[[Offer], None]) -> None:
        self._catalogue = catalogue
        self._changed = changed
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._known = {offer.source.name: fingerprint_of(offer.contents) for offer in catalogue.read()}
        intervals = {source.name: source.polling_seconds for source in catalogue.sources}
        self._threads = [threading.Thread(target=self._poll, args=(intervals,), name="ratchet-poll", daemon=True)]
        watched = [source for source in catalogue.sources if source.watch and os.path.exists(path_of(source.uri))]
        if watched and can_watch():
            self._threads.append(
                threading.Thread(target=self._watch, args=(watched,), name="ratchet-watch", daemon=True)
            )

    def __enter__(self) -> Watcher:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def look(self, source: str, *, fresh: bool = False) -> None:
        """Read a source now, and say if it offers something else."""
        # One at a time: both threads may want the same source.
        with self._lock:
            (offer,) = self._catalogue.read(only=source, fresh=fresh)
            fingerprint = fingerprint_of(offer.contents)
            if self._known.get(source) == fingerprint:
                return
            self._known[source] = fingerprint
        self._changed(offer)

    def _poll(self, intervals: Mapping[str, float]) -> None:
        due = {name: time.monotonic() + seconds for name, seconds in intervals.items()}
        while due and not self._stop.wait(max(0.0, min(due.values()) - time.monotonic())):
            for name in [name for name, moment in due.items() if moment <= time.monotonic()]:
                self.look(name, fresh=True)
                due[name] = time.monotonic() + intervals[name]

    def _watch(self, sources: Sequence[Source]) -> None:
        paths = {path_of(source.uri): source.name for source in sources}
        try:
            self._listen(paths)
        except OSError as error:
            # One cannot be read, or they are more than the system watches.
            reason = printable(error.strerror or str(error), 300)
            _log.warning("Folders of tasks cannot be watched, and are read again and again: %s", reason)
            self._poll({source.name: min(source.polling_seconds, UNWATCHED_SECONDS) for source in sources})

    def _listen(self, paths: Mapping[str, str]) -> None:
        import watchfiles

        for changes in watchfiles.watch(*paths, stop_event=self._stop, raise_interrupt=False):
            touched = {name for path, name in paths.items() if any(file.startswith(path) for _, file in changes)}
            for name in sorted(touched):
                self.look(name)


def can_watch() -> bool:
    """Tell whether edits can be noticed as they happen."""
    return importlib.util.find_spec("watchfiles") is not None


def fingerprint_of(contents: Contents) -> Fingerprint:
    """Return what is different when a source offers something else, or has become usable or not."""
    entries = tuple((entry.name, entry.version, entry.digest) for entry in contents.entries)
    problems = tuple(problem.message for problem in contents.problems)
    return (contents.state == "unusable", entries, problems)
