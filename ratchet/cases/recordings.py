"""Read the recording that a case names: its requests are mocks, and its time and chance are the case's."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.cases.model import Mock, Readings, Written
from ratchet.cases.section import Section
from ratchet.errors import RatchetError
from ratchet.execution.recorded import Recording, load_recording
from ratchet.gateway.recorded import expected_of
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject


class Recorded(NamedTuple):
    """What a recording gives to a case.

    Args:
        clock: What the clock said; None where it does not say.
        seed: None where it does not say.
        calls: What called tasks gave back, by the number of the question; None where it does not say.
        context: The facts of `context`.
        signatures: What came of questions for signatures; None where it does not say.
    """

    mocks: tuple[Mock, ...] = ()
    clock: Readings | None = None
    seed: str | None = None
    calls: Mapping[int, JsonObject] | None = None
    context: Mapping[str, Json] | None = None
    signatures: Mapping[int, JsonObject] | None = None


def read_recording(section: Section, written: Written) -> Recorded | None:
    """Return what the recording of a case holds; None where it names none, or one that cannot be read."""
    text = section.text("recording")
    if text is None:
        return None
    inside = posixpath.normpath(posixpath.join(posixpath.dirname(written.file), text))
    if inside.startswith(("../", "/")) or inside == "..":
        section.report(
            f"`{printable(text)}` is outside the task", "recording", hint="Copy the recording beside the case"
        )
        return None
    try:
        recording = load_recording(os.path.join(os.path.dirname(written.path), text))
    except RatchetError as error:
        section.report(error.message, "recording", hint=error.hint)
        return None
    session, mocks = recording.session, _mocks_of(recording)
    if session is None:
        return Recorded(mocks)
    return Recorded(
        mocks,
        clock=tuple((at, times) for at, times in session.clock) or None,
        seed=session.seed,
        calls=session.calls or None,
        context=session.context,
        signatures=session.signatures or None,
    )


def _mocks_of(recording: Recording) -> tuple[Mock, ...]:
    compare_headers = recording.session is not None
    return tuple(
        Mock(expected_of(exchange, index, compare_headers=compare_headers), ("recording",))
        for index, exchange in enumerate(recording.exchanges)
    )
