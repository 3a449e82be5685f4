"""The parts of a task as JSON, and its entity tag."""

from __future__ import annotations

import base64

from ratchet.cases.model import Case
from ratchet.gateway.matching import Absent
from ratchet.task.document import task_json
from ratchet.task.model import Task
from ratchet.task.problem_document import problem_json
from ratchet.values import JsonObject


def tag_of(task: Task, *, enabled: bool) -> str:
    """Return the entity tag of a task and of all its parts: they change together."""
    return f'"{task.digest}"' if enabled else f'"{task.digest}-disabled"'


def task_document(task: Task, source: str, *, enabled: bool) -> JsonObject:
    """Return a task with the source it is from, whether it may run, and what is odd about it."""
    warnings = [problem_json(problem) for problem in task.warnings]
    return {**task_json(task), "source": source, "enabled": enabled, "warnings": warnings}


def source_json(task: Task) -> JsonObject:
    """Return every file: as text, or in base 64 where it is none."""
    return {
        "entrypoint": task.entrypoint,
        "digest": task.digest,
        "files": [_file_json(path, data) for path, data in sorted(task.files.items())],
    }


def _file_json(path: str, data: bytes) -> JsonObject:
    try:
        return {"path": path, "text": data.decode("utf-8"), "base64": None}
    except UnicodeDecodeError:
        return {"path": path, "text": None, "base64": base64.b64encode(data).decode("ascii")}


def case_json(case: Case) -> JsonObject:
    """Return a test of a task, without its mocks, which stand in its file."""
    place = case.written.place()
    document = {
        "name": case.name,
        "description": case.description,
        "file": place.file,
        "line": place.line,
        "skip": case.skip,
        "only": case.only,
        "input": case.input,
        "should_fail": case.should_fail or case.expected_error is not None,
        "mocks": len(case.mocks),
    }
    expected = {} if isinstance(case.expected_output, Absent) else {"expected_output": case.expected_output}
    return document | expected
