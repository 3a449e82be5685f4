"""Tasks as tools: made of what the sources offer now, and of what has passed the gate exactly so."""

from __future__ import annotations

import threading
from collections.abc import Collection

from ratchet.errors import RatchetError
from ratchet.mcp_server.candidate import Candidate, candidate_of
from ratchet.mcp_server.exposure import Exposure
from ratchet.mcp_server.gate import Gate
from ratchet.mcp_server.lister import Lister
from ratchet.mcp_server.listing import Listing, Standing, draft_of
from ratchet.registry.catalogue import Catalogue, Offer
from ratchet.registry.watching import Fingerprint, fingerprint_of
from ratchet.task.model import Task

_MOST_ASKED = 100
_FIRST_SECONDS = 2.0
"""How long the first list waits for the cases at the start: many clients never ask for another."""


class Shelf:
    """Knows which tasks are tools.

    Args:
        exposure, core, own: See `Lister`.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        gate: Gate,
        exposure: Exposure,
        core: Collection[str],
        own: str | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.gate = gate
        self._own = own
        self._lister = Lister(catalogue, gate, exposure, core, own)
        self._lock = threading.Lock()
        self._fetched: dict[str, Offer] = {}
        self._mark: tuple[object, ...] = ()
        self._asked: dict[str, Candidate] = {}
        self._work = threading.Event()
        self.latest = Listing()
        self.settled = threading.Event()
        self.settled.set()

    def look(self) -> Listing:
        """Return which tasks are tools now; what is fetched from elsewhere, as it was when it was fetched last."""
        with self._lock:
            offers = [self._offer(source.name, source.is_remote) for source in self.catalogue.sources]
            known = [offer for offer in offers if offer is not None]
            marks: list[Fingerprint] = [(offer.source.name, *fingerprint_of(offer.contents)) for offer in known]
            mark = (*marks, self.gate.checked)
            if mark != self._mark:
                self.latest, self._mark = self._lister.list(known), mark
            return self.latest

    def look_for(self, name: str) -> Listing:
        """Return which tasks are tools, the one of a name as it is now: only its own files are looked at."""
        known = self.latest.tools.get(name)
        return self.latest if known is not None and self._is_current(known.task) else self.look()

    def _is_current(self, candidate: Candidate | None) -> bool:
        here = [source.name for source in self.catalogue.sources if not source.is_remote]
        if candidate is None or candidate.called or candidate.source not in here:
            return False  # It is more than its own files, or must not be asked for elsewhere.
        try:
            task, source = self.catalogue.find(candidate.address)
        except RatchetError:
            return False
        return candidate_of(source, task, lambda _: None).digest == candidate.digest

    def first_look(self) -> Listing:
        """Return the same, after waiting a little for the cases that run when the server starts."""
        self.settled.wait(_FIRST_SECONDS)
        return self.look()

    def fetch(self) -> None:
        """Read the sources that are elsewhere, which takes as long as they take to answer."""
        for source in self.catalogue.sources:
            if source.is_remote:
                (self._fetched[source.name],) = self.catalogue.read(only=source.name)

    def standing(self, source: str, task: Task) -> Standing:
        """Return whether a task is a draft; one that nobody has checked is checked from now on."""
        candidate = self._candidate(source, task)
        verdict = self.gate.verdict(candidate)
        if verdict is None:
            self._ask(candidate)
        if (verdict is None and not self.gate.tests) or (verdict is not None and verdict.passed):
            return Standing()
        return draft_of(candidate, verdict, own=candidate.source == self._own)

    def written(self, task: Task) -> Standing:
        """Return whether a task that a client has just written is a draft; its cases are run from now on."""
        self.wake()
        assert self._own is not None
        return self.standing(self._own, task)

    def wake(self) -> None:
        """Say that something has been written."""
        self._work.set()

    def wait(self) -> None:
        """Wait until somebody says that there is something to look at."""
        self._work.wait()
        self._work.clear()

    def unchecked(self) -> list[Candidate]:
        """Return the tasks that are to be checked: those that could be tools, and those that were run."""
        with self._lock:
            asked, self._asked = list(self._asked.values()), {}
        return [each for each in (*self.look().waiting, *asked) if self.gate.verdict(each) is None]

    def _ask(self, candidate: Candidate) -> None:
        with self._lock:
            if len(self._asked) < _MOST_ASKED:
                self._asked[candidate.digest] = candidate
        self.wake()

    def _offer(self, source: str, is_remote: bool) -> Offer | None:
        if is_remote:
            return self._fetched.get(source)
        (offer,) = self.catalogue.read(only=source)
        return offer

    def _candidate(self, source: str, task: Task) -> Candidate:
        if not task.metadata.permissions.tasks:
            return candidate_of(source, task, lambda _: None)
        return candidate_of(
            source, task, self._lister.finder(source, self.catalogue.newest(self.catalogue.read(only=source)))
        )
