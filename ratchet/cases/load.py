"""Load the cases of a task: the files of its folder `tests`, and the `test_cases` of its metadata."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator

from ratchet.cases.model import Case, Suite, Written
from ratchet.cases.parse import read_case
from ratchet.cases.section import Section
from ratchet.errors import InvalidInput, InvalidTask
from ratchet.task.contents import parse_file, problems_of
from ratchet.task.model import Task
from ratchet.task.reader import MetadataReader, name_of
from ratchet.task.text import error_from
from ratchet.values import JsonObject, Place, Problem

FOLDER = "tests"
ENDINGS = (".json", ".yaml", ".yml")


def load_suite(task: Task) -> Suite:
    """Return the cases of a task, its files in name order; one that is broken is among the problems."""
    cases: list[Case] = []
    problems: list[Problem] = []
    for file in case_files(task):
        found, wrong = _load_file(task, file)
        cases += found
        problems += wrong
    found, wrong = _load_metadata(task)
    return Suite(task, (*cases, *found), (*problems, *wrong))


def parse_case(task: Task, value: JsonObject, name: str) -> Case:
    """Return a case of a task that stands in no file; what it names beside itself is beside the task's others.

    Raises:
        InvalidInput: With everything that is wrong with it.
    """
    file = f"{FOLDER}/{name}.json"
    path, text = task.path_of(file), json.dumps(value, indent=2)
    reader = MetadataReader(value, text, path)
    case = read_case(Section(reader, value, ()), Written(file, path, text), name)
    problems = [problem for problem in reader.problems if problem.severity == "error"]
    if problems:
        raise error_from(problems, InvalidInput, subject="The case")
    return case


def case_files(task: Task) -> list[str]:
    """Return the files of a task that each hold a case."""
    return sorted(path for path in task.files if posixpath.dirname(path) == FOLDER and path.endswith(ENDINGS))


def _load_file(task: Task, file: str) -> tuple[list[Case], list[Problem]]:
    path = task.path_of(file)
    try:
        value, text = parse_file(task.files[file], path=path)
    except InvalidTask as error:
        return [], list(problems_of(error))
    if not isinstance(value, dict):
        return [], [Problem(f"`{path}` is {name_of(value)}, not an object with a case", Place(path, 1, 1))]
    reader = MetadataReader(value, text, path)
    stem = posixpath.splitext(posixpath.basename(file))[0]
    case = read_case(Section(reader, value, ()), Written(file, path, text), stem)
    return _sound([case], reader)


def _load_metadata(task: Task) -> tuple[list[Case], list[Problem]]:
    if not task.metadata.cases:
        return [], []
    file = task.metadata.metadata_file
    path = task.path_of(file)
    value, text = parse_file(task.files[file], path=path)
    reader = MetadataReader(value, text, path)
    cases = []
    for index, entry in enumerate(task.metadata.cases):
        steps = ("test_cases", index)
        cases.append(read_case(Section(reader, entry, steps), Written(file, path, text, steps), f"case {index + 1}"))
    return _sound(cases, reader)


def _sound(cases: list[Case], reader: MetadataReader) -> tuple[list[Case], list[Problem]]:
    """Return the cases that have no problem, and the problems of all."""
    refused = set(_pointers_of_errors(reader))
    sound = [case for case in cases if not any(_is_in(case, pointer) for pointer in refused)]
    return sound, reader.problems


def _pointers_of_errors(reader: MetadataReader) -> Iterator[str]:
    return (problem.pointer or "" for problem in reader.problems if problem.severity == "error")


def _is_in(case: Case, pointer: str) -> bool:
    beginning = "".join(f"/{step}" for step in case.written.steps)
    return pointer == beginning or pointer.startswith(f"{beginning}/")
