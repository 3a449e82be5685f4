"""The types of all tasks as a resource, for scripts that call them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ratchet.errors import NotFound
from ratchet.mcp_server.resource import Content, Kind, Listed
from ratchet.mcp_server.type_stubs import stubs_of
from ratchet.mcp_server.uris import uri_of
from ratchet.mcp_server.workshop import Workshop

_NAME = "types"
_FILE = "tasks.d.ts"
_TYPE = "text/typescript"


def _listed(workshop: Workshop) -> Iterator[Listed]:
    description = "What each task takes and gives back, as TypeScript declarations"
    yield Listed(uri_of(_NAME, _FILE), "The types of all tasks", description, _TYPE)


def _read(workshop: Workshop, steps: tuple[str, ...]) -> Content:
    if steps != (_FILE,):
        raise NotFound(f"The types of all tasks are `{uri_of(_NAME, _FILE)}`")
    return Content(_TYPE, stubs_of(workshop.to_run), is_text=True)


def _complete(workshop: Workshop, variable: str, known: Mapping[str, str]) -> list[str]:
    return []


TYPES = Kind(_NAME, (), _listed, _read, _complete)
