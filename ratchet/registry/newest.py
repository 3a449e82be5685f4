"""Choose one task for each name: the newest release of the first source that has it."""

from __future__ import annotations

from collections.abc import Iterable

from ratchet.registry.catalogue import Offer
from ratchet.registry.contents import Entry
from ratchet.task.version import Precedence, Version, parse_version, precedence


def newest_by_name(offers: Iterable[Offer]) -> dict[str, Entry]:
    """Return the entries by name, sorted; prereleases only where there is nothing else."""
    chosen: dict[str, Entry] = {}
    for offer in offers:
        own: dict[str, Entry] = {}
        for entry in offer.contents.entries:
            if entry.name not in own or _rank(entry) > _rank(own[entry.name]):
                own[entry.name] = entry
        for name, entry in own.items():
            chosen.setdefault(name, entry)
    return dict(sorted(chosen.items()))


def _rank(entry: Entry) -> tuple[bool, Precedence]:
    version = parse_version(entry.version) or Version(0, 0, 0)
    return not version.prerelease, precedence(version)
