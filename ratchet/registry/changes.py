"""The files of a task after a change that somebody describes."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping

from ratchet.cases.load import load_suite
from ratchet.errors import InvalidInput
from ratchet.task.archive import odd_path
from ratchet.task.bounds import NOT_PART
from ratchet.task.metadata_text import change_keys
from ratchet.task.model import Task
from ratchet.task.naming import slug_of
from ratchet.task.text import printable
from ratchet.values import Json, JsonObject, Problem

METADATA = ("version", "description", "tags", "permissions")


def changed_files(task: Task, arguments: JsonObject) -> dict[str, bytes]:
    """Return the files of a task with the parts that are named changed: source, schemas, cases, metadata.

    Raises:
        InvalidInput: A path is none that a file of a task may have.
        InvalidTask: The metadata cannot be read.
    """
    files = dict(task.files)
    changes: JsonObject = {key: arguments[key] for key in METADATA if key in arguments}
    dropped: list[str] = []
    if "source" in arguments:
        files[task.entrypoint] = arguments["source"].encode("utf-8", "surrogatepass")
    for side, file, schema in (
        ("input", task.input_schema_file, task.input_schema),
        ("output", task.output_schema_file, task.output_schema),
    ):
        if f"{side}_schema" in arguments:
            files[file or f"{side}.schema.json"] = _json(arguments[f"{side}_schema"])
            if file is None and schema is not None:
                # It stood in the metadata, which would have the first word.
                dropped += [f"{side}_schema", f"{side}s"]
    put_texts(files, arguments.get("files", {}))
    _put_cases(task, files, changes, arguments.get("cases", []))
    file = task.metadata.metadata_file
    # Taken away, it is missed when the task is built.
    if (changes or dropped) and file in files:
        files[file] = change_keys(files[file], file, changes, dropped)
    return files


def put_texts(files: dict[str, bytes], texts: Mapping[str, str | None]) -> None:
    """Put texts among files by their paths, and take those away that are null.

    Raises:
        InvalidInput: With every path that no file of a task may have.
    """
    problems = [
        Problem(f"The path `{printable(path)}` {reason}", pointer="/files")
        for path in texts
        if (reason := _odd_path(path))
    ]
    if problems:
        raise InvalidInput("The files cannot be those of a task", problems=problems)
    for path, text in texts.items():
        if text is None:
            files.pop(path, None)
        else:
            files[path] = text.encode("utf-8", "surrogatepass")


def _odd_path(path: str) -> str | None:
    if path.endswith("/"):
        return "is a folder"
    # A configuration of version control is obeyed by whoever works in the folder.
    steps = {step.casefold() for step in path.split("/")}
    return "is no part of a task" if steps & {name.casefold() for name in NOT_PART} else odd_path(path)


def add_cases(files: dict[str, bytes], cases: list[JsonObject]) -> None:
    """Put each case among files, as one that is named after it; of two with one name the last counts."""
    for name, case in {case["name"]: case for case in cases}.items():
        stem = slug_of(name)
        names = (f"tests/{stem}{'' if number == 1 else f'-{number}'}.json" for number in itertools.count(1))
        files[next(name for name in names if name not in files)] = _json(case)


def _put_cases(task: Task, files: dict[str, bytes], changes: JsonObject, cases: list[JsonObject]) -> None:
    """Write cases, each in the place of the one that has its name."""
    if not cases:
        return
    names = {case["name"] for case in cases}
    for case in load_suite(task).cases:
        if case.name in names and not case.written.steps:
            files.pop(case.written.file, None)
    kept: list[Mapping[str, Json]] = [case for case in task.metadata.cases if case.get("name") not in names]
    if len(kept) < len(task.metadata.cases):
        changes["test_cases"] = kept
    add_cases(files, cases)


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2) + "\n").encode()
