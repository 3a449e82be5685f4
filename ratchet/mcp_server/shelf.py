"""Tasks as tools: made of what the sources offer now, and of what has passed the gate exactly so."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from ratchet.errors import RatchetError
from ratchet.mcp_server.candidate import Candidate, candidate_of
from ratchet.mcp_server.client_rules import check_for_clients
from ratchet.mcp_server.exposure import Exposure, name_tools
from ratchet.mcp_server.gate import Gate
from ratchet.mcp_server.listing import Listing, Standing, draft_of, refusing
from ratchet.mcp_server.task_tool import tool_of
from ratchet.mcp_server.tool import Tool
from ratchet.registry.catalogue import Catalogue, Offer
from ratchet.registry.contents import Entry
from ratchet.registry.watching import Fingerprint, fingerprint_of
from ratchet.task.model import Task
from ratchet.task.text import printable

_MOST_REASONS = 3
_MOST_ASKED = 100
_FIRST_SECONDS = 2.0
"""How long the first list waits for the cases at the start: many clients never ask for another."""

_log = logging.getLogger(__name__)


class _Prepared(NamedTuple):
    """What is the same for a task as long as it stays as it is."""

    reasons: tuple[str, ...]
    tool: Tool | None


class Shelf:
    """Knows which tasks are tools.

    Args:
        core: The names of the tools that are no tasks.
        own: The source whose tasks clients may write, None where they may write none.
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
        self._exposure = exposure
        self._core = core
        self._own = own
        self._lock = threading.Lock()
        self._fetched: dict[str, Offer] = {}
        self._mark: tuple[object, ...] = ()
        self._prepared: dict[tuple[str, str | None], _Prepared] = {}
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
                digests = {_key(entry): entry.digest for offer in known for entry in offer.contents.entries}
                self.latest, self._mark = self._list(known)._replace(digests=digests), mark
            return self.latest

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
        return candidate_of(source, task, self._finder(source, self.catalogue.newest(self.catalogue.read(only=source))))

    def _finder(self, source: str, entries: Sequence[Entry]) -> Callable[[str], Task | None]:
        """Return a function that finds tasks of a source among its entries."""
        own = {entry.name: entry for entry in entries if entry.source == source}

        def find(name: str) -> Task | None:
            try:
                return self.catalogue.load(own[name]) if name in own else None
            except RatchetError:
                return None

        return find

    def _list(self, offers: Sequence[Offer]) -> Listing:
        entries = self.catalogue.newest(offers)
        standings: dict[str, Standing] = {}
        chosen = []
        for entry in entries:
            try:
                if self._exposure.chooses(entry):
                    chosen.append(entry)
                    continue
                reason = "It is not among the tasks that were chosen as tools"
            except RatchetError as error:
                reason = error.message
            standings[_key(entry)] = Standing(reasons=(reason,))
        too_many = self._exposure.too_many(len(chosen))
        if too_many is not None:
            return Listing(reason=too_many)
        return self._sort(chosen, standings)

    def _sort(self, chosen: Sequence[Entry], standings: dict[str, Standing]) -> Listing:
        """Tell the tools from the drafts, and these from what can be no tool."""
        names = name_tools(chosen, self._core)
        finders = {source: self._finder(source, chosen) for source in {entry.source for entry in chosen}}
        tools: dict[str, Tool] = {}
        drafts: dict[str, Tool] = {}
        waiting: list[Candidate] = []
        before, self._prepared = self._prepared, {}
        for entry in chosen:
            name = names.get(entry.address)
            try:
                candidate = candidate_of(entry.source, self.catalogue.load(entry), finders[entry.source])
            except RatchetError as error:
                standings[_key(entry)] = Standing(reasons=(error.message,))
                continue
            prepared = before.get((candidate.digest, name)) or _prepare(candidate, name)
            self._prepared[candidate.digest, name] = prepared
            if prepared.tool is None or name is None:
                standings[_key(entry)] = Standing(reasons=prepared.reasons)
                continue
            verdict = self.gate.verdict(candidate)
            if verdict is not None and verdict.passed:
                tools[name] = prepared.tool
                standings[_key(entry)] = Standing(name)
                continue
            draft = standings[_key(entry)] = draft_of(candidate, verdict, own=candidate.source == self._own)
            drafts[name] = refusing(prepared.tool, draft)
            waiting += [candidate] if verdict is None else []
        return Listing(dict(sorted(tools.items())), drafts, standings, tuple(waiting))


def _key(entry: Entry) -> str:
    return f"{entry.address}@{entry.version}"


def _prepare(candidate: Candidate, name: str | None) -> _Prepared:
    """Return a task as a tool, or why it can be none, which is said once on stderr too."""
    reasons = [problem.message for problem in check_for_clients(candidate.task)[:_MOST_REASONS]]
    if name is None and not reasons:
        reasons = ["Other tools have its name"]
    if name is None or reasons:
        _log.warning("`%s` is no tool: %s", printable(candidate.address), printable("; ".join(reasons), 1000))
        return _Prepared(tuple(reasons), None)
    if name != candidate.task.name:
        _log.warning("`%s` is the tool `%s`: another tool has its name", printable(candidate.address), name)
    return _Prepared((), tool_of(candidate, name))
