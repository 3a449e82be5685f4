"""The addresses of resources: `ratchet://KIND/…`, which are names and never paths."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

SCHEME = "ratchet"
_MOST_CHARACTERS = 4096
_WHOLE_NUMBER = re.compile(r"[0-9]{1,12}")


class Uri(NamedTuple):
    """An address, and which page of what it names.

    Args:
        steps: The kind of resource first.
        pointer: JSON Pointer to the part that is wanted.
        offset: Items, keys or characters of that part to pass over.
    """

    steps: tuple[str, ...]
    pointer: str = ""
    offset: int = 0

    def __str__(self) -> str:
        query = {"pointer": self.pointer} if self.pointer else {}
        if self.offset:
            query["offset"] = str(self.offset)
        path = "/".join(quote(step, safe="@") for step in self.steps)
        return f"{SCHEME}://{path}" + (f"?{urlencode(query, safe='/~')}" if query else "")


def parse_uri(text: str) -> Uri | None:
    """Return what an address says; None where it is none of ours."""
    if len(text) > _MOST_CHARACTERS:
        return None
    try:
        parts = urlsplit(text)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        return None
    offset = query.pop("offset", "0")
    pointer = query.pop("pointer", "")
    if parts.scheme != SCHEME or parts.fragment or query or not _WHOLE_NUMBER.fullmatch(offset):
        return None
    return Uri((parts.netloc, *map(unquote, parts.path.split("/")[1:])), pointer, int(offset))


def uri_of(*steps: str) -> str:
    """Return the address of a resource."""
    return str(Uri(steps))


def template_of(kind: str, steps: Sequence[str]) -> str:
    """Return the template (RFC 6570) of the addresses of a kind; a step in braces is a variable."""
    return f"{SCHEME}://{'/'.join([kind, *steps])}"
