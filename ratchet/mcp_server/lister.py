"""Sort tasks into tools, drafts and what can be no tool."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from ratchet.errors import RatchetError
from ratchet.execution.schemas import Schemas
from ratchet.mcp_server.candidate import Candidate, candidate_of
from ratchet.mcp_server.client_rules import check_for_clients
from ratchet.mcp_server.exposure import Exposure, name_tools
from ratchet.mcp_server.gate import Gate
from ratchet.mcp_server.listing import Listing, Standing, draft_of, refusing
from ratchet.mcp_server.task_tool import tool_of
from ratchet.mcp_server.tool import Tool
from ratchet.registry.catalogue import Catalogue, Offer
from ratchet.registry.contents import Entry
from ratchet.task.model import Task
from ratchet.task.text import printable

_MOST_REASONS = 3

_log = logging.getLogger(__name__)


class _Prepared(NamedTuple):
    """What is the same for a task as long as it stays as it is."""

    reasons: tuple[str, ...]
    tool: Tool | None


class Lister:
    """Makes listings, each time of what has changed anew.

    Args:
        core: The names of the tools that are no tasks.
        own: The source whose tasks clients may write, None where they may write none.
    """

    def __init__(
        self, catalogue: Catalogue, gate: Gate, exposure: Exposure, core: Collection[str], own: str | None
    ) -> None:
        self._catalogue = catalogue
        self._gate = gate
        self._exposure = exposure
        self._core = core
        self._own = own
        self._prepared: dict[tuple[str, str | None], _Prepared] = {}

    def list(self, offers: Sequence[Offer]) -> Listing:
        """Return how every task stands that the sources offer."""
        digests = {_key(entry): entry.digest for offer in offers for entry in offer.contents.entries}
        entries = self._catalogue.newest(offers)
        chosen, standings = self._choose(entries)
        too_many = self._exposure.too_many(len(chosen))
        if too_many is not None:
            return Listing(reason=too_many, digests=digests)
        return self._sort(chosen, entries, standings)._replace(digests=digests)

    def finder(self, source: str, entries: Sequence[Entry]) -> Callable[[str], Task | None]:
        """Return a function that finds tasks of a source among its entries."""
        own = {entry.name: entry for entry in entries if entry.source == source}

        def find(name: str) -> Task | None:
            try:
                return self._catalogue.load(own[name]) if name in own else None
            except RatchetError:
                return None

        return find

    def _choose(self, entries: Sequence[Entry]) -> tuple[Sequence[Entry], dict[str, Standing]]:
        """Return the tasks that are chosen as tools, and how the others stand."""
        chosen = []
        standings = {}
        for entry in entries:
            try:
                if self._exposure.chooses(entry):
                    chosen.append(entry)
                    continue
                reason = "It is not among the tasks that were chosen as tools"
            except RatchetError as error:
                reason = error.message
            standings[_key(entry)] = Standing(reasons=(reason,))
        return chosen, standings

    def _sort(self, chosen: Sequence[Entry], entries: Sequence[Entry], standings: dict[str, Standing]) -> Listing:
        """Tell the tools from the drafts, and these from what can be no tool.

        Args:
            entries: What tasks may call, which need be no tool itself.
        """
        names = name_tools(chosen, self._core)
        finders = {source: self.finder(source, entries) for source in {entry.source for entry in chosen}}
        tools: dict[str, Tool] = {}
        drafts: dict[str, Tool] = {}
        waiting: list[Candidate] = []
        before, self._prepared = self._prepared, {}
        for entry in chosen:
            name = names.get(entry.address)
            try:
                candidate = candidate_of(entry.source, self._catalogue.load(entry), finders[entry.source])
            except RatchetError as error:
                standings[_key(entry)] = Standing(reasons=(error.message,))
                continue
            prepared = before.get((candidate.digest, name)) or _prepare(candidate, name, self._gate.schemas)
            self._prepared[candidate.digest, name] = prepared
            if prepared.tool is None or name is None:
                standings[_key(entry)] = Standing(reasons=prepared.reasons)
                continue
            verdict = self._gate.verdict(candidate)
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


def _prepare(candidate: Candidate, name: str | None, schemas: Schemas) -> _Prepared:
    """Return a task as a tool, or why it can be none, which is said once on stderr too."""
    reasons = [problem.message for problem in check_for_clients(candidate.task)[:_MOST_REASONS]]
    if name is None and not reasons:
        reasons = ["Other tools have its name"]
    if name is None or reasons:
        _log.warning("`%s` is no tool: %s", printable(candidate.address), printable("; ".join(reasons), 1000))
        return _Prepared(tuple(reasons), None)
    if name != candidate.task.name:
        _log.warning("`%s` is the tool `%s`: another tool has its name", printable(candidate.address), name)
    return _Prepared((), tool_of(candidate, name, schemas))
