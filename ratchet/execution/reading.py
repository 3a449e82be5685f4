"""Have one of our programs read a task's text; what it found is kept by the digest of program and text."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple, TypeVar

from ratchet.cache import key_of
from ratchet.errors import EngineCrash
from ratchet.execution.programs import program_digest
from ratchet.execution.runtime import Runtime
from ratchet.values import Json, Place

Found = TypeVar("Found")


class Program(NamedTuple):
    """A program of ours.

    Args:
        bundle, name: Files of the engine: a vendored bundle, and the program that uses it.
        kind: What the cache calls the answers.
    """

    bundle: str
    name: str
    kind: str


INSPECT = Program("vendor/acorn.js", "inspect.js", "inspected")
TRANSPILE = Program("vendor/sucrase.js", "transpile.js", "transpiled")
SURVEY = Program("vendor/acorn.js", "survey.js", "surveyed")


def read_with(
    runtime: Runtime, program: Program, request: Json, parse: Callable[[Json], Found], *, place: Place, ends: float
) -> Found:
    """Return what a program finds in a text: kept from before, or found by a worker now.

    Args:
        parse: Checks an answer; one that was kept is believed no more than that of a worker.
        place: The file that the text is from.
        ends: When the answer must be there, a `time.monotonic()`.

    Raises:
        EngineCrash, InvalidTask, Unavailable: See `Runtime.read_source`.
    """
    key = key_of(program_digest(program.bundle, program.name), json.dumps(request, sort_keys=True))
    kept = runtime.cache.load(program.kind, key) if runtime.cache else None
    if kept is not None:
        with suppress(EngineCrash):
            return parse(kept)
    answer = runtime.read_source(program.bundle, program.name, request, place=place, ends=ends)
    found = parse(answer)
    if runtime.cache:
        runtime.cache.save(program.kind, key, answer)
    return found
