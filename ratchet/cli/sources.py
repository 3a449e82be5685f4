"""What commands make of the sources in the configuration: a catalogue, and tasks by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ratchet.cli.paths import cache_folder
from ratchet.cli.report import inert_line
from ratchet.cli.talk import print_warning
from ratchet.errors import NotFound
from ratchet.registry.address import parse_address
from ratchet.registry.catalogue import Catalogue, Offer
from ratchet.registry.lock import Lock, load_lock, lock_path
from ratchet.registry.source import Source
from ratchet.registry.store import Store
from ratchet.task.model import Task

if TYPE_CHECKING:
    from ratchet.config.configuration import Configuration


def open_catalogue(configuration: Configuration, *, beside: Sequence[Source] = (), offline: bool = False) -> Catalogue:
    """Return the tasks of all sources, and of others beside them."""
    return Catalogue(
        [*configuration.sources(), *beside],
        open_store(configuration),
        open_lock(configuration),
        frozen=configuration.frozen,
        offline=offline,
        http=configuration.http,
    )


def open_store(configuration: Configuration) -> Store:
    """Return where what is fetched is kept."""
    cache = configuration.cache(cache_folder())
    return Store(None if cache is None else cache.folder)


def open_lock(configuration: Configuration) -> Lock:
    """Return what has been accepted."""
    return load_lock(lock_path(configuration.source.path))


def find_named(
    configuration: Configuration, text: str, missing: NotFound, *, offline: bool = False
) -> tuple[Task, Callable[[str], Task]]:
    """Return the task of a name, and where it finds the tasks that it calls.

    Args:
        missing: Why there is none at that path.
        offline: Whether sources are taken from the cache alone.

    Raises:
        NotFound, Unavailable, InvalidTask, NotPermitted: See `Catalogue.find`.
    """
    if parse_address(text) is None:
        raise missing
    catalogue = open_catalogue(configuration, offline=offline)
    task, source = catalogue.find(text, say_if_not_current)
    return task, catalogue.finder(source)


def say_if_not_current(offer: Offer) -> None:
    """Print that a source is served from the cache, or cannot be used."""
    contents = offer.contents
    name = inert_line(offer.source.name)
    if contents.state == "cached":
        print_warning(f"The source `{name}` is served from the cache: {inert_line(contents.detail)}")
    elif contents.state == "unusable":
        print_warning(f"The source `{name}` cannot be used: {inert_line(contents.detail)}")
