"""Load a recording. It may come from anybody: it is JSON of a bounded size, and nothing of it is believed or run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from ratchet.errors import InvalidRecording, InvalidTask, NotFound
from ratchet.execution.recording import ERROR, INPUT, OUTPUT, REQUESTS, SESSION, TASK
from ratchet.gateway.exchange import Exchange
from ratchet.gateway.har_reading import parse_har
from ratchet.task.load import load_task
from ratchet.task.model import Task
from ratchet.task.parse import parse_json
from ratchet.task.text import decode_text, printable
from ratchet.values import Json, JsonObject

_SEED_DIGITS = 64
_MOST_RUNS = 200_000


class Session(NamedTuple):
    """What the task saw of time, chance and other tasks.

    Args:
        calls: Answers of called tasks by the number of the question.
        signatures: Answers to questions for signatures, by their number.
    """

    seed: str
    context: JsonObject
    clock: list[list[int]]
    events: list[str]
    calls: Mapping[int, JsonObject]
    signatures: Mapping[int, JsonObject]


class Recording(NamedTuple):
    """An execution as it was kept.

    Args:
        location: As the user named it.
        output: The output as JSON text; None where the execution failed.
        error: As in the execution's document; None where it completed.
        session: None in a recording of the original, which has none.
        engine: Name and version, as far as they are known.
        digest: Of the task that ran; None where that is not known.
    """

    location: str
    input: Json
    output: bytes | None
    error: JsonObject | None
    exchanges: tuple[Exchange, ...]
    session: Session | None
    engine: str | None
    digest: str | None


def load_recording(path: str) -> Recording:
    """Return the recording that a folder or a file holds.

    Raises:
        NotFound: There is nothing.
        InvalidRecording: It is no recording, or not a sound one.
    """
    return parse_recording(read_recorded_files(path), path)


def parse_recording(files: Mapping[str, bytes], path: str) -> Recording:
    """Return the recording that files make.

    Args:
        path: What to call it in errors.

    Raises:
        InvalidRecording: It is no recording, or not a sound one.
    """
    if INPUT not in files or not (OUTPUT in files or ERROR in files):
        raise InvalidRecording(
            f"`{printable(path)}` is no recording: it needs `{INPUT}`, and `{OUTPUT}` or `{ERROR}`",
            hint="`ratchet run-once TASK --record DIR` makes one",
        )
    document = _object_in(files, SESSION, path) if SESSION in files else {}
    har = _json_in(files, REQUESTS, path) if REQUESTS in files else {"log": {"entries": []}}
    output = files.get(OUTPUT)
    if output is not None:
        _json_in(files, OUTPUT, path)
    engine, task = document.get("engine"), document.get("task")
    return Recording(
        location=path,
        input=_json_in(files, INPUT, path),
        output=output,
        error=_object_in(files, ERROR, path) if output is None else None,
        exchanges=tuple(parse_har(har, file=_name(path, REQUESTS))),
        session=_session_of(document.get("session"), _name(path, SESSION)) if document else None,
        engine=f"{engine.get('name')} {engine.get('version')}" if isinstance(engine, dict) else None,
        digest=_text(task.get("digest")) if isinstance(task, dict) else None,
    )


def load_recorded_task(path: str) -> Task:
    """Return the task that a recording holds.

    Raises:
        InvalidRecording: It holds none; those of the original do not.
        InvalidTask: The task in it is not sound.
    """
    inside = os.path.join(path, TASK.rstrip("/"))
    try:
        return load_task(inside if os.path.isdir(path) else path)
    except NotFound:
        hint = "Name the task with `--task TASK`"
        raise InvalidRecording(f"`{printable(path)}` holds no task", hint=hint) from None


def find_recordings(folder: str) -> list[str]:
    """Return the recordings in a folder, by name: folders with an input, and files of one."""
    found = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            is_capsule = entry.name.endswith(".ratchet") and entry.is_file()
            if is_capsule or os.path.isfile(os.path.join(entry.path, INPUT)):
                found.append(entry.path)
    return found


def is_recording(path: str) -> bool:
    """Tell whether a path is one recording, and not a folder of many."""
    return not os.path.isdir(path) or os.path.isfile(os.path.join(path, INPUT))


def read_recorded_files(path: str) -> dict[str, bytes]:
    """Return the files of a folder or of a file that should be a recording.

    Raises:
        NotFound: There is nothing.
        InvalidRecording: They cannot be read.
    """
    if not os.path.exists(path):
        raise NotFound(f"`{printable(path)}` is not there")
    try:
        if os.path.isdir(path):
            from ratchet.task.folder import read_folder

            return read_folder(path)
        from ratchet.task.archive import read_archive

        return read_archive(path)
    except InvalidTask as error:
        raise InvalidRecording(error.message, problems=error.problems, place=error.place) from None


def _name(path: str, file: str) -> str:
    return printable(os.path.join(path, file))


def _json_in(files: Mapping[str, bytes], file: str, path: str) -> Json:
    name = _name(path, file)
    return parse_json(decode_text(files[file], file=name, kind=InvalidRecording), file=name, kind=InvalidRecording)


def _object_in(files: Mapping[str, bytes], file: str, path: str) -> JsonObject:
    value = _json_in(files, file, path)
    if not isinstance(value, dict):
        raise InvalidRecording(f"`{_name(path, file)}` holds no object")
    return value


def _session_of(session: Json, name: str) -> Session:
    fault = _session_fault(session)
    if fault is not None:
        raise InvalidRecording(f"`session` in `{name}` {fault}")
    return Session(
        seed=session["seed"],
        context=session["context"],
        clock=session["clock"],
        events=session["events"],
        calls={call["number"]: call["answer"] for call in session["calls"]},
        signatures={each["number"]: each["answer"] for each in session.get("signatures", [])},
    )


def _session_fault(session: Json) -> str | None:
    """Return what is wrong with the shape of a session."""
    if not isinstance(session, dict):
        return "is no object"
    kinds = {"seed": str, "context": dict, "clock": list, "events": list, "calls": list}
    for key, kind in kinds.items():
        if not isinstance(session.get(key), kind):
            return f"has no `{key}`, or one of another type"
    if len(session["seed"]) != _SEED_DIGITS or not set(session["seed"]) <= set("0123456789abcdef"):
        return f"has a `seed` that is not of {_SEED_DIGITS} hexadecimal digits"
    if max(len(session["clock"]), len(session["events"])) > _MOST_RUNS:
        return f"has more than {_MOST_RUNS:,} readings or events"
    if not all(_is_run(run) for run in session["clock"]):
        return "has a `clock` that is not of pairs of numbers"
    if not all(_is_event(event) for event in session["events"]):
        return "has `events` that are none"
    for key in ("calls", "signatures"):
        answers = session.get(key, [])
        if not isinstance(answers, list) or not all(_is_answer(entry) for entry in answers):
            return f"has `{key}` that are none"
    return None


def _is_run(run: Json) -> bool:
    return isinstance(run, list) and len(run) == 2 and all(type(number) is int for number in run)


def _is_event(event: Json) -> bool:
    return isinstance(event, str) and event[:1] in ("a", "t") and event[1:].isdecimal() and len(event) <= 20


def _is_answer(entry: Json) -> bool:
    return isinstance(entry, dict) and type(entry.get("number")) is int and isinstance(entry.get("answer"), dict)


def _text(value: Json) -> str | None:
    return value if isinstance(value, str) else None
