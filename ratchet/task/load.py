"""Load a task from a folder or a ZIP."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable

from ratchet.errors import InvalidTask, NotFound
from ratchet.task.contents import find_entrypoint, find_schema, parse_file
from ratchet.task.digest import digest_of
from ratchet.task.folder import read_folder
from ratchet.task.metadata import METADATA_FILES, read_metadata
from ratchet.task.model import Task
from ratchet.task.reader import MetadataReader, name_of
from ratchet.task.text import error_from, printable
from ratchet.values import Place, Problem


def load_task(path: str | os.PathLike[str], *, foreign: bool = False) -> Task:
    """Return the task that a folder or ZIP holds.

    Args:
        foreign: Whether somebody else than the user wrote it, as with everything that was fetched; a ZIP always counts
            as foreign.

    Raises:
        NotFound: When nothing is there.
        InvalidTask: With every problem at once, each with its place.
    """
    location = os.fspath(path)
    shown = printable(location, 1000)
    try:
        mode = os.stat(location).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise _not_found(location) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the path is not usable"
        raise NotFound(f"`{shown}` cannot be read: {reason}") from None
    if stat.S_ISDIR(mode):
        # Before anything is read: somebody may have named their home folder.
        if _metadata_in(location) is None:
            raise _no_metadata(location)
        folder = os.path.basename(os.path.realpath(location))
        return build_task(location, "", folder, read_folder(location), foreign=foreign)
    if not stat.S_ISREG(mode):
        hint = "Name a folder with a task, or a ZIP of one"
        raise InvalidTask(f"`{shown}` is neither a folder nor a ZIP archive", hint=hint, place=Place(shown))
    return _load_archive(location)


def _load_archive(location: str) -> Task:
    if not _looks_like_archive(location):
        shown = printable(location, 1000)
        parent = os.path.dirname(location) or "."
        hint = f"Name its folder: `{parent}`" if _metadata_in(parent) else "Name a folder with a task, or a ZIP of one"
        raise InvalidTask(f"`{shown}` is neither a folder nor a ZIP archive", hint=hint, place=Place(shown))
    # Deferred: most tasks are folders, and zipfile is slow to import.
    from ratchet.task.archive import read_archive

    files = read_archive(location)
    inner = _root_of(files, location)
    own = {name[len(inner) :]: data for name, data in files.items() if name.startswith(inner)}
    stem = os.path.splitext(os.path.basename(location))[0]
    folder = inner.rstrip("/").rpartition("/")[2] or stem
    return build_task(location, inner, folder, own, foreign=True)


def _looks_like_archive(location: str) -> bool:
    if location.lower().endswith(".zip"):
        return True
    try:
        with open(location, "rb") as file:
            return file.read(4) == b"PK\x03\x04"
    except OSError:
        return False


def _root_of(files: dict[str, bytes], location: str) -> str:
    """Return "" when the root of an archive holds metadata, else the only folder that does, with its slash."""
    outermost = task_roots(files)
    shown = printable(location, 1000)
    if not outermost:
        raise InvalidTask(f"`{shown}` holds no task", hint=_looked_for(), place=Place(shown))
    if len(outermost) > 1:
        names = ", ".join(f"`{root.rstrip('/')}`" for root in outermost[:5])
        message = f"`{shown}` holds {len(outermost)} tasks: {names}"
        raise InvalidTask(message, hint="Make one ZIP for each", place=Place(shown))
    return outermost[0]


def task_roots(names: Iterable[str]) -> list[str]:
    """Return the folders that hold metadata, with their slashes, sorted: "" alone where the root does."""
    outermost: list[str] = []
    for root in sorted({name[: name.rfind("/") + 1] for name in names if name.rpartition("/")[2] in METADATA_FILES}):
        # A task may hold files that are called like metadata further down.
        if not outermost or not root.startswith(outermost[-1]):
            outermost.append(root)
    return outermost


def _looked_for() -> str:
    usual = ", ".join(f"`{name}`" for name in METADATA_FILES if not name.endswith(".yml"))
    return f"A task has one of {usual}; `ratchet generate task` writes one"


def _metadata_in(folder: str) -> str | None:
    return next((name for name in METADATA_FILES if os.path.isfile(os.path.join(folder, name))), None)


def _not_found(location: str) -> NotFound:
    shown = printable(location, 1000)
    from ratchet.task.nearby import nearest_path, nearest_task

    match = nearest_path(location) or nearest_task(location)
    hint = f"Did you mean `{match}`?" if match else "`ratchet list` shows the tasks below this folder"
    return NotFound(f"`{shown}` is not there", hint=hint)


def _no_metadata(location: str) -> InvalidTask:
    shown = printable(location, 1000)
    for name in METADATA_FILES:
        try:
            os.stat(os.path.join(location, name))
        except FileNotFoundError:
            continue
        except OSError as error:
            # Whether it is there, nobody can tell.
            file = printable(os.path.join(location, name), 1000)
            return InvalidTask(f"`{file}` cannot be read: {error.strerror}", place=Place(shown))
    from ratchet.task.nearby import tasks_below

    below = tasks_below(location)
    hint = _looked_for()
    if below:
        hint = "There are tasks below it: " + ", ".join(f"`{printable(path)}`" for path in below)
    return InvalidTask(f"`{shown}` is not a task: it has no metadata", hint=hint, place=Place(shown))


def build_task(location: str, inner: str, folder: str, files: dict[str, bytes], *, foreign: bool) -> Task:
    """Return the task that files in memory make.

    Args:
        location, inner, foreign: See `Task`.
        folder: The name of the task's folder, from which a missing name is made.

    Raises:
        InvalidTask: With every problem at once, each with its place.
    """
    found = [name for name in METADATA_FILES if name in files]
    if not found:
        raise _no_metadata(location)
    where = os.path.join(location, inner).replace(os.sep, "/") if inner else location.replace(os.sep, "/")
    where = printable(where.rstrip("/") or where, 1000)
    path = f"{where}/{found[0]}"
    value, text = parse_file(files[found[0]], path=path)
    if not isinstance(value, dict):
        raise InvalidTask(f"`{path}` holds {name_of(value)}, not an object", place=Place(path, 1, 1))
    reader = MetadataReader(value, text, path)
    entrypoint = find_entrypoint(reader, files, where)
    schemas = {
        "input": find_schema(reader, files, "input", where),
        "output": find_schema(reader, files, "output", where),
    }
    metadata = read_metadata(reader, file=found[0], folder=folder)
    if len(found) > 1:
        others = ", ".join(f"`{name}`" for name in found[1:])
        reader.problems.append(
            Problem(f"`{found[0]}` is read, not {others}", Place(path), hint="Keep one of them", severity="warning")
        )
    errors = [problem for problem in reader.problems if problem.severity == "error"]
    if errors:
        raise error_from(errors, InvalidTask, subject=f"The task `{where}`")
    return Task(
        metadata=metadata,
        location=location,
        inner=inner,
        entrypoint=entrypoint,
        files=files,
        digest=digest_of(files),
        input_schema=schemas["input"].schema,
        output_schema=schemas["output"].schema,
        input_schema_file=schemas["input"].file,
        output_schema_file=schemas["output"].file,
        warnings=tuple(problem for problem in reader.problems if problem.severity == "warning"),
        foreign=foreign,
    )
