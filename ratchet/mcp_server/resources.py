"""Every kind of resource, found by its address."""

from __future__ import annotations

from collections.abc import Iterator

from ratchet.errors import NotFound
from ratchet.mcp_server.document_resources import DOCUMENTS
from ratchet.mcp_server.execution_resources import EXECUTIONS
from ratchet.mcp_server.recording_resources import RECORDINGS
from ratchet.mcp_server.resource import Content, Kind, Listed, Template
from ratchet.mcp_server.task_resources import TASKS
from ratchet.mcp_server.type_resources import TYPES
from ratchet.mcp_server.uris import Uri, parse_uri, template_of
from ratchet.mcp_server.workshop import Workshop
from ratchet.task.text import printable

KINDS: tuple[Kind, ...] = (TASKS, TYPES, EXECUTIONS, RECORDINGS, DOCUMENTS)


def listed(workshop: Workshop) -> Iterator[Listed]:
    """Yield every resource that can be named in advance, always in the same order."""
    for kind in KINDS:
        yield from kind.listed(workshop)


def templates() -> dict[str, Template]:
    """Return every template by its text."""
    return {template_of(kind.name, template.steps): template for kind in KINDS for template in kind.templates}


def kind_of(template: str) -> Kind | None:
    """Return the kind that a template is one of."""
    return next((kind for kind in KINDS if template.startswith(f"{template_of(kind.name, ())}/")), None)


def read(workshop: Workshop, address: str) -> tuple[Uri, Content]:
    """Return what a resource holds, all of it, and what of it was asked for.

    Raises:
        NotFound: There is none at that address.
    """
    uri = parse_uri(address)
    if uri is None:
        raise NotFound(f"`{printable(address)}` is not the address of a resource")
    kind = next((kind for kind in KINDS if kind.name == uri.steps[0]), None)
    if kind is None:
        raise NotFound(f"There are no resources `ratchet://{printable(uri.steps[0])}`")
    return uri, kind.read(workshop, uri.steps[1:])
