"""What a task needs to reach, as far as its source, its cases and recordings of it tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from ratchet.cases.model import Suite
from ratchet.engine.source import Used
from ratchet.execution.recorded import Recording
from ratchet.gateway.exchange import Exchange
from ratchet.gateway.failures import InvalidUrl
from ratchet.gateway.permissions import declares, host_name
from ratchet.gateway.url import Url, parse_url
from ratchet.task.model import Permissions, Task
from ratchet.task.text import printable
from ratchet.values import JsonObject, Place, Problem

Kind = Literal["net", "methods", "secrets", "tasks"]
KINDS: tuple[Kind, ...] = ("net", "methods", "secrets", "tasks")
_KIND_OF: dict[str, Kind] = {"fetch": "net", "secret": "secrets", "call": "tasks"}
_SECRET = re.compile(r"\{\{secret:([A-Za-z0-9_.-]{1,100})\}\}")
_ORIGIN = re.compile(r"(https?://[^/?#{}*]+)(?=[/?#]|$)", re.IGNORECASE)


class Need(NamedTuple):
    """One thing that a task needs.

    Args:
        url: What the task asks, for a host; None for the rest.
    """

    kind: Kind
    value: str
    url: Url | None = None


class Needs(NamedTuple):
    """What a task needs.

    Args:
        unknown: Where it needs something that only running it can tell, as `file:line:column`.
        open: The kinds of which it may need more.
    """

    found: tuple[Need, ...] = ()
    unknown: tuple[str, ...] = ()
    open: frozenset[Kind] = frozenset()

    def beyond(self, permissions: Permissions) -> list[Need]:
        """Return what is needed and not declared; nothing declared of hosts or methods means any."""
        return [need for need in self.found if not _is_declared(need, permissions)]

    def permissions(self, declared: Permissions) -> JsonObject:
        """Return the least that must be declared; where something is unknown, what is declared stays."""
        least: JsonObject = {}
        for kind in KINDS:
            present: tuple[str, ...] | None = getattr(declared, kind)
            values = _values(self.found, kind)
            if kind in self.open:
                if present is None and (kind == "methods" or not values):
                    continue
                values.update(present or ())
            if values or kind == "net":
                least[kind] = sorted(values)
        return least


def needs_of(task: Task, used: Iterable[tuple[str, Used]], suite: Suite, recordings: Iterable[Recording]) -> Needs:
    """Return what a task needs.

    Args:
        used: What the source uses, by the path of the file as a user would type it.
    """
    uses = list(used)
    needs = [
        *(need for _, use in uses for need in _of_source(use)),
        *(need for case in suite.cases for mock in case.mocks for need in _of_url(mock.exchange.request.url.text)),
        *(
            Need("methods", mock.exchange.request.method)
            for case in suite.cases
            for mock in case.mocks
            if mock.exchange.request.method is not None
        ),
        *(need for recording in recordings for exchange in recording.exchanges for need in _of_exchange(exchange)),
    ]
    unknown = [f"{path}:{use.spot.line}:{use.spot.column}" for path, use in uses if use.text is None]
    return Needs(tuple(dict.fromkeys(needs)), tuple(unknown), frozenset(_open_kinds(uses, suite)))


def _open_kinds(uses: Iterable[tuple[str, Used]], suite: Suite) -> Iterator[Kind]:
    for _, use in uses:
        if use.text is None:
            yield _KIND_OF[use.kind]
        if use.kind == "fetch" and use.method is None:
            yield "methods"
    if any(mock.exchange.request.method is None for case in suite.cases for mock in case.mocks):
        yield "methods"


def _of_source(use: Used) -> Iterator[Need]:
    if use.method is not None:
        yield Need("methods", use.method)
    if use.text is not None and use.kind == "fetch":
        yield from _of_url(use.text)
    elif use.text is not None:
        yield Need(_KIND_OF[use.kind], use.text)


def _of_exchange(exchange: Exchange) -> Iterator[Need]:
    request = exchange.request
    yield from _of_url(request.url)
    yield Need("methods", request.method)
    texts = [request.url, *(value for _, value in request.headers), (request.body or b"").decode("utf-8", "replace")]
    for text in texts:
        yield from (Need("secrets", name) for name in _SECRET.findall(text))


def _of_url(text: str) -> Iterator[Need]:
    """Yield the host that a URL or the pattern of a mock names: one without a scheme may be a part of any URL."""
    match = _ORIGIN.match(text)
    if match is None:
        return
    try:
        url = parse_url(match[1])
    except InvalidUrl:
        return
    yield Need("net", host_name(url), url)


def undeclared_problem(task: Task, needs: Needs) -> Problem | None:
    """Return in one line what a task needs beyond what it declares; None where that is nothing."""
    beyond = needs.beyond(task.metadata.permissions)
    if not beyond:
        return None
    added = [f"+ {kind}: {', '.join(values)}" for kind in KINDS if (values := sorted(_values(beyond, kind)))]
    path = task.path_of(task.metadata.metadata_file)
    message = f"The task needs more than its permissions declare: `{printable('; '.join(added), 1000)}`"
    hint = f"`ratchet permissions infer {task.location}` writes it"
    return Problem(message, Place(path), hint=hint, severity="warning")


def _values(needs: Iterable[Need], kind: Kind) -> set[str]:
    return {need.value for need in needs if need.kind == kind}


def _is_declared(need: Need, permissions: Permissions) -> bool:
    if need.kind == "net":
        assert need.url is not None
        url = need.url
        return permissions.net is None or any(_covers(text, url) for text in permissions.net)
    declared: tuple[str, ...] | None = getattr(permissions, need.kind)
    return declared is None or need.value in declared


def _covers(pattern: str, url: Url) -> bool:
    """Tell whether a pattern names the host; one with a path is taken to name what is asked below it."""
    origin = re.match(r"(https?://[^/]+)", pattern)
    return declares(origin[1] if origin else pattern, url)
