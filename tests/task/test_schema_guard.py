"""Foreign schemas under a clock."""

from __future__ import annotations

import pytest

from ratchet.errors import InvalidTask
from ratchet.task.schema_guard import check_schema_guarded, check_value_guarded
from ratchet.values import Json


def doubling(levels: int) -> Json:
    definitions: dict[str, Json] = {
        f"d{number}": {"anyOf": [{"$ref": f"#/$defs/d{number + 1}"}, {"$ref": f"#/$defs/d{number + 1}"}]}
        for number in range(levels)
    }
    definitions[f"d{levels}"] = {"type": "string"}
    return {"$ref": "#/$defs/d0", "$defs": definitions}


def test_a_harmless_schema_gives_the_same_answers_as_at_home() -> None:
    schema = {"properties": {"a": {"default": 1}, "b": {"$ref": "types.json#/text"}}}
    files = {"types.json": b'{"text": {"type": "string"}}', "main.js": b"\xff"}
    value, problems = check_value_guarded(schema, {"b": 2, "c": "\ud800"}, files=files, seconds=30)
    assert value == {"a": 1, "b": 2, "c": "\ud800"}
    assert [(problem.pointer, problem.message) for problem in problems] == [("/b", "Expected a string, got `2`")]
    assert check_schema_guarded(schema, files=files, seconds=30) == []


def test_a_wrong_schema_is_told() -> None:
    (problem,) = check_schema_guarded({"type": "strin"}, seconds=30)
    assert problem.pointer == "/type"
    with pytest.raises(InvalidTask) as caught:
        check_value_guarded({"type": "strin"}, 1, seconds=30)
    assert caught.value.problems == (problem,)


def test_a_schema_that_doubles_its_work_is_stopped() -> None:
    with pytest.raises(InvalidTask, match="takes more than 1 s to check"):
        check_value_guarded(doubling(40), 1, seconds=1)
