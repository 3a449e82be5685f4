"""Describe a task, what it may reach and the limits it is held to."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.values import Json, JsonObject, Problem

MEBIBYTE = 1024 * 1024


class Limits(NamedTuple):
    """The ceilings an execution is held to."""

    timeout_seconds: float = 30.0
    cpu_seconds: float = 20.0
    memory_bytes: int = 96 * MEBIBYTE
    output_bytes: int = 4 * MEBIBYTE
    console_lines: int = 1000
    console_bytes: int = 256 * 1024
    progress_events: int = 200
    timers: int = 1000
    fetches: int = 50
    fetches_in_flight: int = 6
    worker_frame_bytes: int = 4 * MEBIBYTE
    input_frame_bytes: int = 32 * MEBIBYTE
    grace_seconds: float = 2.0

    def lowered(self, timeout_seconds: float | None = None, memory_bytes: int | None = None) -> Limits:
        """Return limits that a task's own wishes have made tighter, never wider."""
        timeout = self.timeout_seconds if timeout_seconds is None else min(self.timeout_seconds, timeout_seconds)
        memory = self.memory_bytes if memory_bytes is None else min(self.memory_bytes, memory_bytes)
        return self._replace(timeout_seconds=timeout, memory_bytes=memory)


class Permissions(NamedTuple):
    """What a task says that it needs to reach.

    Args:
        net: Hosts and addresses; None when the task does not say, empty when it needs none.
        methods: HTTP methods in capitals; None when the task does not say.
    """

    net: tuple[str, ...] | None = None
    methods: tuple[str, ...] | None = None
    secrets: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()


class Annotations(NamedTuple):
    """What a task says about its own behaviour; None where it says nothing."""

    read_only: bool | None = None
    destructive: bool | None = None
    idempotent: bool | None = None
    open_world: bool | None = None
    deterministic: bool | None = None
    long_running: bool | None = None


_ASKS_NOTHING = Permissions()
_SAYS_NOTHING = Annotations()
_NO_KEYS: Mapping[str, Json] = {}


class Metadata(NamedTuple):
    """What the metadata file of a task says, whichever dialect it is written in.

    Args:
        metadata_file: The file it was read from, relative to the task.
        timeout_seconds, memory_bytes, engine: The task's own wishes; None where it has none.
        cases: The `test_cases` that stand inside the metadata.
        extra: Keys that Ratchet does not know, as they were written.
    """

    name: str
    label: str
    metadata_file: str
    version: str = "0.0.0"
    uuid: str | None = None
    description: str | None = None
    documentation: str | None = None
    author: str | None = None
    tags: tuple[str, ...] = ()
    category: str | None = None
    deprecated: bool = False
    deprecation_message: str | None = None
    timeout_seconds: float | None = None
    memory_bytes: int | None = None
    engine: str | None = None
    permissions: Permissions = _ASKS_NOTHING
    annotations: Annotations = _SAYS_NOTHING
    cases: tuple[JsonObject, ...] = ()
    extra: Mapping[str, Json] = _NO_KEYS


class Task(NamedTuple):
    """A task that is ready to be checked and run.

    Args:
        location: The folder or ZIP as the user typed it.
        inner: The folder inside the ZIP that holds the task; "" for its root and for folders.
        entrypoint: The file to run, relative to the task.
        files: Every file's bytes by its POSIX path relative to the task.
        digest: `sha256:` and the hexadecimal digest of all files.
        input_schema, output_schema: Parsed JSON Schema; None when there is none.
        input_schema_file, output_schema_file: Where the schema was read from; None when it stands in the metadata.
        warnings: What is odd, but no reason to refuse the task.
        foreign: Whether somebody else than the user wrote it: its schemas are then checked in a process that can be
            killed.
    """

    metadata: Metadata
    location: str
    entrypoint: str
    files: Mapping[str, bytes]
    digest: str
    inner: str = ""
    input_schema: Json = None
    output_schema: Json = None
    input_schema_file: str | None = None
    output_schema_file: str | None = None
    warnings: tuple[Problem, ...] = ()
    foreign: bool = False

    @property
    def name(self) -> str:
        """The slug by which others ask for the task."""
        return self.metadata.name

    @property
    def version(self) -> str:
        """The semantic version."""
        return self.metadata.version

    def path_of(self, file: str) -> str:
        """Return the path a user would type for a file of this task."""
        return posixpath.join(self.location.replace("\\", "/"), self.inner, file)
