"""Both checkers of schemas against the official suite, and their differences from it, each with its reason.

`suite_differences.json` lists every case that a checker decides otherwise than the suite does, as the numbers of its
group and of the test in that group. `.ci/schema_suite.py` makes the copy of the suite.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import jsonschema
import pytest

from ratchet.errors import InvalidTask
from ratchet.task.schema import check_value, compile_schema
from ratchet.values import Json, JsonObject

FOLDER = Path(__file__).parent
REFERENCES = {
    "draft4": ("http://json-schema.org/draft-04/schema#", jsonschema.Draft4Validator),
    "draft6": ("http://json-schema.org/draft-06/schema#", jsonschema.Draft6Validator),
    "draft7": ("http://json-schema.org/draft-07/schema#", jsonschema.Draft7Validator),
    "draft2019-09": ("https://json-schema.org/draft/2019-09/schema", jsonschema.Draft201909Validator),
    "draft2020-12": ("https://json-schema.org/draft/2020-12/schema", jsonschema.Draft202012Validator),
}

Decide = Callable[[Json], bool | None]
"""Tells whether a value fits a schema; None when the schema is refused."""


class Group(NamedTuple):
    """A schema of the suite and the tests that go with it."""

    file: str
    number: int
    schema: Json
    tests: list[JsonObject]


def groups_of(draft: str) -> Iterator[Group]:
    """Yield every group of a draft, its schema with the dialect that it is written in."""
    dialect, _ = REFERENCES[draft]
    suite = json.loads((FOLDER / "schema_suite" / f"{draft}.json").read_text("utf-8"))
    for file, groups in suite.items():
        for number, group in enumerate(groups):
            schema = group["schema"]
            named = {"$schema": dialect, **schema} if isinstance(schema, dict) else schema
            yield Group(file, number, named, group["tests"])


def ours(schema: Json, _draft: str) -> Decide:
    """Return how a task's schema decides."""
    try:
        compiled = compile_schema(schema)
    except InvalidTask:
        return lambda value: None
    return lambda value: not check_value(compiled, value)


def reference(schema: Json, draft: str) -> Decide:
    """Return how the reference decides; what it raises depends on the keyword."""
    _, kind = REFERENCES[draft]

    def decide(value: Json) -> bool | None:
        try:
            return kind(schema, format_checker=kind.FORMAT_CHECKER).is_valid(value)
        except Exception:
            return None

    return decide


CHECKERS = {"ours": ours, "reference": reference}


@pytest.mark.parametrize("draft", REFERENCES)
@pytest.mark.parametrize("checker", CHECKERS)
def test_a_checker_decides_as_the_suite_says_but_for_the_listed_cases(checker: str, draft: str) -> None:
    found: dict[str, list[str]] = {}
    for group in groups_of(draft):
        decide = CHECKERS[checker](group.schema, draft)
        for number, test in enumerate(group.tests):
            if decide(test["data"]) is not test["valid"]:
                found.setdefault(group.file, []).append(f"{group.number}.{number}")
    assert found == listed(checker, draft)


def listed(checker: str, draft: str) -> dict[str, list[str]]:
    """Return the cases that a checker is known to decide otherwise, by file."""
    cases: dict[str, list[str]] = {}
    for row in json.loads((FOLDER / "suite_differences.json").read_text("utf-8")):
        assert row["reason"]
        if row["checker"] == checker:
            for file, numbers in row["cases"].get(draft, {}).items():
                cases.setdefault(file, []).extend(numbers.split())
    return cases


def test_the_copy_of_the_suite_is_whole() -> None:
    record = json.loads((FOLDER / "schema_suite" / "VENDORED.json").read_text("utf-8"))
    files = {name: (FOLDER / "schema_suite" / name).read_bytes() for name in record["sha256"]}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    assert digests == record["sha256"]
    assert sorted(record["sha256"]) == sorted(f"{draft}.json" for draft in REFERENCES)
