"""Describe the resources of one kind, and what reading one gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from ratchet.mcp_server.workshop import Workshop
from ratchet.values import Json

JSON_TYPE = "application/json"
_TYPES = {
    ".js": "text/javascript", ".mjs": "text/javascript", ".ts": "text/typescript", ".json": JSON_TYPE,
    ".har": JSON_TYPE, ".md": "text/markdown", ".yaml": "application/yaml", ".yml": "application/yaml",
    ".html": "text/html", ".css": "text/css", ".csv": "text/csv", ".xml": "application/xml",
}  # fmt: skip
_BINARY_TYPE = "application/octet-stream"


class Content(NamedTuple):
    """What a resource holds.

    Args:
        value: A JSON value, a text or bytes.
        is_text: Whether a text is given as it is, and not as JSON.
    """

    mime_type: str
    value: Json | bytes
    is_text: bool = False


class Listed(NamedTuple):
    """A resource as clients see it in a list."""

    uri: str
    title: str
    description: str
    mime_type: str


class Template(NamedTuple):
    """The form of the addresses of resources (RFC 6570), its steps after the kind; variables are in braces."""

    steps: tuple[str, ...]
    title: str
    description: str
    mime_type: str | None = None


class Kind(NamedTuple):
    """The resources whose addresses begin with one word.

    Args:
        listed: Returns those that can be named in advance, always in the same order.
        read: Returns what one holds, by the steps of its address after the kind; raises NotFound.
        complete: Returns the values that a variable of a template may have, given those of others.
    """

    name: str
    templates: Sequence[Template]
    listed: Callable[[Workshop], Iterable[Listed]]
    read: Callable[[Workshop, tuple[str, ...]], Content]
    complete: Callable[[Workshop, str, Mapping[str, str]], Sequence[str]]


def file_content(path: str, data: bytes) -> Content:
    """Return a file as text where it is one, of the type that its name says."""
    _, dot, ending = path.rpartition(".")
    known = _TYPES.get(f".{ending.lower()}") if dot else None
    try:
        return Content(known or "text/plain", data.decode("utf-8-sig"), is_text=True)
    except UnicodeDecodeError:
        return Content(_BINARY_TYPE, data)
