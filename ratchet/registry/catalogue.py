"""Everything that the sources offer, found by name."""

from __future__ import annotations

import copy
import functools
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ratchet.errors import InvalidTask, NotFound, RatchetError, Unavailable
from ratchet.registry.address import NAME_SHAPE, Address, parse_address, parse_range
from ratchet.registry.archive import ArchiveReader
from ratchet.registry.contents import Contents, Entry, Reader
from ratchet.registry.folder import FolderReader
from ratchet.registry.lock import Lock, check_pinned
from ratchet.registry.remote import RemoteReader
from ratchet.registry.source import Source
from ratchet.registry.store import Store
from ratchet.task.model import Task
from ratchet.task.text import nearest, printable
from ratchet.task.version import Precedence, Version, parse_version, precedence

if TYPE_CHECKING:
    from ratchet.gateway.settings import HttpSettings

_LISTED = 5


class Offer(NamedTuple):
    """What one source offered when the catalogue was read."""

    source: Source
    contents: Contents


class Choice(NamedTuple):
    """Which tasks somebody may have.

    Args:
        allows: Tells by a name whether the tasks of that name are among them.
        refusal: Returns what is raised for the name of another, whether it is there or not.
    """

    allows: Callable[[str], bool]
    refusal: Callable[[str], RatchetError]

    def without_others(self, offer: Offer) -> Offer:
        """Return what one source offers of them."""
        entries = tuple(entry for entry in offer.contents.entries if self.allows(entry.name))
        # What cannot be loaded has no name by which it could be told from others.
        return offer._replace(contents=offer.contents._replace(entries=entries, problems=()))


def open_reader(source: Source, store: Store, http: HttpSettings | None, *, offline: bool = False) -> Reader:
    """Return what reads a source; see `Catalogue`."""
    if source.type == "filesystem":
        return FolderReader(source)
    if source.type == "zip" and not source.is_remote:
        return ArchiveReader(source)
    if source.type == "git":
        from ratchet.registry.git import fetch_git

        return RemoteReader(source, store, fetch_git, offline=offline)
    from ratchet.registry.http import fetch_archive, fetch_index

    fetch = functools.partial(fetch_archive if source.type == "zip" else fetch_index, settings=http)
    return RemoteReader(source, store, fetch, offline=offline)


class Catalogue:
    """The tasks of all sources; keep it to have only what has changed read again.

    Args:
        store: Where what is fetched is kept.
        lock: What has been accepted.
        http: How requests are made; None for the defaults.
        frozen: Refuse sources that the lock does not know.
        offline: Ask no source that is not on this machine.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        store: Store,
        lock: Lock,
        *,
        http: HttpSettings | None = None,
        frozen: bool = False,
        offline: bool = False,
    ) -> None:
        self.lock = lock
        self._frozen = frozen
        self._readers = [open_reader(source, store, http, offline=offline) for source in sources]
        # A reader keeps what it has read, and a server asks from many threads.
        self._locks = {source.name: threading.Lock() for source in sources}
        self._choice: Choice | None = None

    def narrowed(self, choice: Choice) -> Catalogue:
        """Return the same catalogue for somebody who may not have all of it."""
        found = copy.copy(self)
        found._choice = choice
        return found

    @property
    def sources(self) -> list[Source]:
        """The sources, in the order of the configuration."""
        return [reader.source for reader in self._readers]

    def read(self, *, fresh: bool = False, only: str | None = None, name: str | None = None) -> list[Offer]:
        """Return what each source offers; a broken one hides none of the others.

        Args:
            fresh: Ask remote sources even when what they gave is recent.
            only: The name of one source.
            name: What of the tasks is wanted; see `Reader`.
        """
        chosen = [reader for reader in self._readers if only in (None, reader.source.name)]
        return [self._read(reader, fresh, name) for reader in chosen]

    def _read(self, reader: Reader, fresh: bool, name: str | None) -> Offer:
        with self._locks[reader.source.name]:
            offer = Offer(reader.source, reader.read(fresh=fresh, name=name))
        return offer if self._choice is None else self._choice.without_others(offer)

    def find(self, text: str, heard: Callable[[Offer], None] | None = None) -> tuple[Task, str]:
        """Return the task of a name, a version or range, and a source where that is said; and the source it is from.

        Args:
            heard: Called with every source that was asked.

        Raises:
            NotFound: No source offers it, or several do.
            Unavailable: No source offers it, and one that might is unusable.
            InvalidTask: It is broken, or not what its digest says.
            NotPermitted: It is not the one that was accepted.
        """
        address = parse_address(text)
        if address is None:
            raise NotFound(f"`{printable(text)}` is not the name of a task", hint=NAME_SHAPE)
        if self._choice is not None and not self._choice.allows(address.name):
            raise self._choice.refusal(address.name)
        offers = self._offers_with(address)
        for offer in offers:
            if heard is not None:
                heard(offer)
        entry = self._choose(address, offers)
        return self.load(entry), entry.source

    def _offers_with(self, address: Address) -> list[Offer]:
        """Return what the sources offer that may have a task; all of it as it is now where none of them has."""
        offers = self.read(only=address.source, name=address.name)
        is_known = any(entry.name == address.name for offer in offers for entry in offer.contents.entries)
        return offers if is_known else self.read(only=address.source)

    def finder(self, source: str) -> Callable[[str], Task]:
        """Return a function that finds the tasks that a task of a source may call: those of the same source."""
        return lambda name: self.find(f"{source}/{name}")[0]

    def newest(self, offers: Sequence[Offer]) -> list[Entry]:
        """Return for every name of each source the entry that `find` would choose, sources in their order."""
        versions: dict[tuple[str, str], list[Entry]] = {}
        for offer in offers:
            for entry in offer.contents.entries:
                versions.setdefault((entry.source, entry.name), []).append(entry)
        return [
            entries[0] if len(entries) == 1 else self._best(_within(entries, Address(name)))
            for (_, name), entries in versions.items()
        ]

    def load(self, entry: Entry) -> Task:
        """Return the task of an entry.

        Raises:
            InvalidTask, NotPermitted: See `find`.
        """
        task = entry.load()
        if task.digest != entry.digest:
            raise InvalidTask(f"`{entry.location}` changed while it was read", hint="Try again")
        source = next(source for source in self.sources if source.name == entry.source)
        if not source.watch:
            check_pinned(self.lock, entry.source, task, frozen=self._frozen)
        return task

    def _choose(self, address: Address, offers: Sequence[Offer]) -> Entry:
        if address.source is not None and not offers:
            raise _no_source(address, [source.name for source in self.sources])
        named = [entry for offer in offers for entry in offer.contents.entries if entry.name == address.name]
        if not named:
            raise _no_task(address, offers)
        fitting = _within(named, address)
        if not fitting:
            versions = ", ".join(f"`{entry.version}`" for entry in named[:_LISTED])
            raise NotFound(f"There is no `{printable(_text_of(address))}`", hint=f"There are {versions}")
        holders = sorted({entry.source for entry in fitting})
        if len(holders) > 1:
            names = ", ".join(f"`{holder}/{address.name}`" for holder in holders)
            raise NotFound(f"`{address.name}` is in {len(holders)} sources", hint=f"Name one of {names}")
        return self._best(fitting)

    def _best(self, entries: list[Entry]) -> Entry:
        return max(self._accepted(entries), key=_rank)

    def _accepted(self, entries: list[Entry]) -> list[Entry]:
        """Return the versions that are pinned, all of them where none is: that one is then refused by what differs."""
        pinned = {(pin.source, pin.name, pin.version) for pin in self.lock.pins}
        return [entry for entry in entries if (entry.source, entry.name, entry.version) in pinned] or entries


def _within(entries: list[Entry], address: Address) -> list[Entry]:
    """Return the entries whose version was asked for; without one, prereleases only where there is nothing else."""
    if address.version is None:
        released = [entry for entry in entries if not _version(entry).prerelease]
        return released or entries
    accepts = parse_range(address.version)
    if accepts is None:
        message = f"`{printable(address.version)}` is neither a version nor a range"
        raise NotFound(message, hint="Write `1.2.3`, `1.2`, `^1.2.3`, `~1.2.3` or `>=1.2.3`")
    return [entry for entry in entries if accepts(_version(entry))]


def _version(entry: Entry) -> Version:
    return parse_version(entry.version) or Version(0, 0, 0)


def _rank(entry: Entry) -> Precedence:
    return precedence(_version(entry))


def _text_of(address: Address) -> str:
    start = f"{address.source}/" if address.source else ""
    return start + address.name + (f"@{address.version}" if address.version else "")


def _no_source(address: Address, known: Sequence[str]) -> NotFound:
    match = nearest(address.source or "", known)
    hint = f"Did you mean `{match}/{address.name}`?" if match else "`ratchet repo status` shows the sources"
    return NotFound(f"There is no source `{address.source}`", hint=hint)


def _no_task(address: Address, offers: Sequence[Offer]) -> RatchetError:
    """Return why no source offers a task: it may be in one that cannot be used."""
    unusable = [offer for offer in offers if offer.contents.state == "unusable"]
    names = names_in(offers)
    match = nearest(_text_of(address._replace(version=None)), names) or nearest(address.name, names)
    hint = f"Did you mean `{match}`?" if match else "`ratchet list` shows the tasks of all sources"
    text = f"There is no task `{address.name}` in " + (f"`{address.source}`" if address.source else "any source")
    if unusable and match is None:
        first = unusable[0]
        message = f"{text}, and `{first.source.name}` cannot be used: {first.contents.detail}"
        return Unavailable(message, hint="`ratchet repo status` says more")
    for offer in offers:
        for problem in offer.contents.problems:
            if problem.place is not None and f"/{address.name}/" in f"/{problem.place.file}/":
                return InvalidTask(problem.message, place=problem.place, hint=problem.hint)
    return NotFound(text, hint=hint)


def names_in(offers: Iterable[Offer]) -> list[str]:
    """Return every name that finds a task: alone where one source has it, with the source always."""
    holders: dict[str, set[str]] = {}
    for offer in offers:
        for entry in offer.contents.entries:
            holders.setdefault(entry.name, set()).add(entry.source)
    alone = [name for name, sources in holders.items() if len(sources) == 1]
    whole = [f"{source}/{name}" for name, sources in holders.items() for source in sources]
    return sorted(alone) + sorted(whole)
