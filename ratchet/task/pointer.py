"""Read and write JSON Pointers (RFC 6901)."""

from __future__ import annotations

from collections.abc import Iterable


def pointer_of(path: Iterable[str | int]) -> str:
    """Return the JSON Pointer of a path of keys and indexes."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def path_of_pointer(pointer: str) -> tuple[str, ...]:
    """Return the steps of a JSON Pointer; an index stays text."""
    if not pointer:
        return ()
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer.lstrip("#").split("/")[1:])
