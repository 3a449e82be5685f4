"""The documentation of Ratchet as resources."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

import ratchet
from ratchet.errors import NotFound
from ratchet.mcp_server.resource import Content, Kind, Listed, Template
from ratchet.mcp_server.uris import uri_of
from ratchet.mcp_server.workshop import Workshop
from ratchet.task.text import printable

_NAME = "docs"
_TYPE = "text/markdown"
_ENDING = ".md"


def _folder() -> Traversable:
    """Return where the pages are: inside of an installed package, beside it in a checkout."""
    installed = importlib.resources.files("ratchet").joinpath("_documentation")
    return installed if installed.is_dir() else Path(ratchet.__file__).parents[1] / "docs"


def pages() -> dict[str, Traversable]:
    """Return every page by its name, such as `concepts/tasks`."""
    return dict(sorted(_pages(_folder(), "")))


def _pages(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    if not folder.is_dir():
        return
    for child in folder.iterdir():
        if child.is_dir():
            yield from _pages(child, f"{prefix}{child.name}/")
        elif child.name.endswith(_ENDING):
            yield prefix + child.name.removesuffix(_ENDING), child


def page_uri(name: str) -> str:
    """Return the address of a page."""
    return uri_of(_NAME, *name.split("/"))


def _listed(workshop: Workshop) -> Iterator[Listed]:
    for name, page in pages().items():
        title = page.read_text("utf-8").partition("\n")[0].lstrip("# ")
        yield Listed(page_uri(name), title, "Documentation of Ratchet", _TYPE)


def _read(workshop: Workshop, steps: tuple[str, ...]) -> Content:
    """Return a page by its name: one of those that are there, so that no other file can be reached."""
    name = "/".join(steps)
    page = pages().get(name)
    if page is None:
        raise NotFound(f"There is no page `{printable(name)}`")
    return Content(_TYPE, page.read_text("utf-8"), is_text=True)


def _complete(workshop: Workshop, variable: str, known: Mapping[str, str]) -> list[str]:
    return list(pages()) if variable == "page" else []


DOCUMENTS = Kind(
    _NAME,
    (Template(("{+page}",), "A page of the documentation", "How Ratchet is used, by the name of the page", _TYPE),),
    _listed,
    _read,
    _complete,
)
