"""Take tasks out of a git tree by the rules that folders have: no link leads out, no name is odd."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from ratchet.errors import InvalidTask, RatchetError, Unavailable
from ratchet.registry.archive import Found
from ratchet.task.bounds import LONGEST_PATH, MOST_BYTES, MOST_DEPTH, MOST_FILES, NOT_PART, odd_name
from ratchet.task.load import build_task, task_roots
from ratchet.task.text import error_from, printable
from ratchet.values import Place, Problem

MOST_ENTRIES = 100_000
_LINK, _SUBMODULE = "120000", "160000"

Blobs = Callable[[Sequence[str]], list[bytes]]
"""Returns the contents of objects."""


class Leaf(NamedTuple):
    """A file, link or submodule of a tree."""

    mode: str
    object: str
    size: int
    path: str


def parse_tree(output: bytes) -> list[Leaf]:
    """Return what `git ls-tree -r -l -z` lists.

    Raises:
        Unavailable: The repository has too many files.
    """
    lines = output.split(b"\0")[:-1]
    if len(lines) > MOST_ENTRIES:
        hint = "Name the folder of the tasks as `subdirectory`"
        raise Unavailable(f"The repository has more than {MOST_ENTRIES:,} files", hint=hint)
    return [_leaf_of(line.decode("utf-8", "surrogateescape")) for line in lines]


def _leaf_of(line: str) -> Leaf:
    facts, _, path = line.partition("\t")
    mode, _, name, size = facts.split()
    return Leaf(mode, name, int(size) if size.isdigit() else 0, path)


def tasks_in_tree(leaves: Sequence[Leaf], blobs: Blobs, location: str) -> Iterator[Found]:
    """Yield every task of a tree: its path, and the task or why it is none.

    Args:
        location: What errors put before the paths.
    """
    own: dict[str, dict[str, Leaf]] = {root: {} for root in task_roots(leaf.path for leaf in leaves)}
    for leaf in leaves:
        root = _root_of(leaf.path, own)
        if root is not None:
            own[root][leaf.path[len(root) :]] = leaf
    for root, files in own.items():
        path = root.rstrip("/")
        where = posixpath.join(location, printable(path)).rstrip("/")
        try:
            folder = path.rpartition("/")[2] or location
            yield path, build_task(where, "", folder, _read(files, blobs, where), foreign=True)
        except RatchetError as error:
            yield path, error


def _root_of(path: str, roots: Mapping[str, object]) -> str | None:
    """Return the folder of a task that holds a path."""
    folder = path
    while folder:
        folder = folder[: folder.rstrip("/").rfind("/") + 1]
        if folder in roots:
            return folder
    return None


def _read(leaves: Mapping[str, Leaf], blobs: Blobs, where: str) -> dict[str, bytes]:
    """Return the files of one task.

    Raises:
        InvalidTask: With everything that may not be there.
    """
    part = {path: leaf for path, leaf in leaves.items() if not NOT_PART.intersection(path.split("/"))}
    problems = [Problem(f"`{printable(path)}` {reason}", Place(where)) for path, reason in _odd(part)]
    links = {path: leaf for path, leaf in part.items() if leaf.mode == _LINK}
    files = {path: leaf for path, leaf in part.items() if leaf.mode not in (_LINK, _SUBMODULE)}
    if not problems and links:
        targets = blobs([leaf.object for leaf in links.values()])
        problems += [Problem(reason, Place(where)) for reason in _follow(files, dict(zip(links, targets, strict=True)))]
    if len(files) > MOST_FILES or sum(leaf.size for leaf in files.values()) > MOST_BYTES:
        message = f"`{where}` has more than {MOST_FILES:,} files or {MOST_BYTES // 1024 // 1024} MB"
        problems.append(Problem(message, Place(where)))
    if problems:
        raise error_from(problems, InvalidTask, subject=f"`{where}`")
    return dict(zip(files, blobs([leaf.object for leaf in files.values()]), strict=True))


def _odd(leaves: Mapping[str, Leaf]) -> Iterator[tuple[str, str]]:
    """Yield the paths that no task may hold, and why."""
    for path, leaf in leaves.items():
        parts = path.split("/")
        reason = next((reason for part in parts if (reason := odd_name(part))), None)
        if reason:
            yield path, reason
        elif "" in parts or "." in parts or ".." in parts:
            yield path, "has a step in its path that is no name"
        elif len(path) > LONGEST_PATH or len(parts) > MOST_DEPTH + 1:
            yield path, "is too deep inside the task"
        elif leaf.mode == _SUBMODULE:
            yield path, "is a submodule, which is not fetched"


def _follow(files: dict[str, Leaf], links: Mapping[str, bytes]) -> Iterator[str]:
    """Put what links lead to among the files, and yield what is wrong with those that lead nowhere.

    A link waits for the links that it leads through; what waits for itself leads nowhere.
    """
    waiting: dict[str, str] = {}
    for path, target in links.items():
        text = target.decode("utf-8", "surrogateescape")
        real = posixpath.normpath(posixpath.join(posixpath.dirname(path), text))
        if text.startswith("/") or real == ".." or real.startswith("../"):
            yield f"The link `{path}` leads out of the task"
        else:
            waiting[path] = real
    while waiting and len(files) <= MOST_FILES:
        ready = [path for path, real in waiting.items() if not _waits(real, waiting)]
        if not ready:
            break
        for path in ready:
            found = _at(files, waiting.pop(path))
            if not found:
                yield f"The link `{path}` leads nowhere"
            files.update({path + rest: leaf for rest, leaf in found.items()})
    for path in waiting:
        yield f"The link `{path}` leads back to itself, or to too many files"


def _waits(real: str, waiting: Mapping[str, str]) -> bool:
    """Tell whether a path is a waiting link, or leads through one, or holds one."""
    return any(f"{real}/".startswith(f"{other}/") or f"{other}/".startswith(f"{real}/") for other in waiting)


def _at(files: Mapping[str, Leaf], real: str) -> dict[str, Leaf]:
    """Return the file at a path, or those of the folder there, by what follows the path."""
    if real in files:
        return {"": files[real]}
    start = real + "/"
    return {path[len(real) :]: leaf for path, leaf in files.items() if path.startswith(start)}
