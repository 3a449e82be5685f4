"""Put tasks and what starts the server on them into one file that clients install (MCPB, manifest 0.4)."""

from __future__ import annotations

import io
import json
import os
import posixpath
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import ratchet
from ratchet.errors import NotFound, RatchetError
from ratchet.mcp_server.tools import READING
from ratchet.task.find import find_tasks
from ratchet.task.model import Task
from ratchet.task.naming import free_name
from ratchet.task.text import printable
from ratchet.values import JsonObject

_START = '''"""Serve the tasks beside this file."""

import sys
from pathlib import Path

from ratchet.__main__ import main

sys.argv[1:] = ["mcp", "--read-only", "--tasks", str(Path(__file__).resolve().parent / "tasks")]
main()
'''
_PROJECT = """[project]
name = "{name}"
version = "0"
requires-python = ">=3.11"
dependencies = ["ratchet-js[mcp]=={ratchet}"]

[tool.uv]
package = false
"""


class About(NamedTuple):
    """What the bundle says of itself.

    Args:
        name: A slug.
        version: A semantic version.
    """

    name: str
    version: str
    description: str | None
    author: str


def tasks_for_bundle(folder: str) -> list[Task]:
    """Return the tasks of a folder.

    Raises:
        NotFound: There is no folder, or no task in it.
        RatchetError: One of them is broken.
    """
    tasks: list[Task] = []
    for found in find_tasks(folder):
        if isinstance(found, RatchetError):
            raise found
        tasks.append(found)
    if not tasks:
        raise NotFound(f"There is no task in `{printable(folder)}`", hint="`ratchet generate task` writes one")
    return tasks


def pack_bundle(folder: str, tasks: Sequence[Task], about: About) -> bytes:
    """Return the bundle; the same tasks give the same bytes."""
    manifest = json.dumps(_manifest(tasks, about), indent=2, ensure_ascii=False) + "\n"
    project = _PROJECT.format(name=about.name, ratchet=ratchet.__version__)
    files = {"manifest.json": manifest.encode(), "pyproject.toml": project.encode(), "server.py": _START.encode()}
    places: set[str] = set()
    for task in tasks:
        # A folder and a ZIP beside it may have one name.
        place = free_name(_place_of(task, folder), places)
        places.add(place)
        files |= {posixpath.join("tasks", place, path): content for path, content in task.files.items()}
    return _zip(files)


def _place_of(task: Task, folder: str) -> str:
    """Return where a task goes below the folder of tasks."""
    below = os.path.relpath(task.location, folder).replace(os.sep, "/")
    if os.path.isfile(task.location):
        below = below[: -len(".zip")]
    below = posixpath.normpath(posixpath.join(below, task.inner))
    return task.name if below == "." else below


def _manifest(tasks: Sequence[Task], about: About) -> JsonObject:
    names = ", ".join(sorted({task.name for task in tasks}))
    return {
        "manifest_version": "0.4",
        "name": about.name,
        "version": about.version,
        "description": about.description or f"Tasks that run in a sandbox: {names}",
        "author": {"name": about.author},
        "server": {
            "type": "uv",
            "entry_point": "server.py",
            "mcp_config": {"command": "uv", "args": ["run", "--directory", "${__dirname}", "server.py"]},
        },
        "tools": [{"name": tool.name, "description": tool.description} for tool in READING],
        "tools_generated": True,
        "compatibility": {"platforms": ["darwin", "linux", "win32"], "runtimes": {"python": ">=3.11"}},
    }


def _zip(files: Mapping[str, bytes]) -> bytes:
    # Deferred: zipfile is slow to import.
    import zipfile

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
