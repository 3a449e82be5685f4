"""`ratchet validate --mcp`: what keeps a task from being a tool of MCP clients."""

from __future__ import annotations

import json

from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask

_SIDES = ("input.schema.json", "output.schema.json")


def messages(reply: str) -> list[tuple[str, str | None]]:
    """Return each problem of a JSON report with its pointer."""
    (report,) = json.loads(reply.partition("--- stdout\n")[2].partition("--- stderr\n")[0])
    return [(problem["message"], problem["pointer"]) for problem in report["problems"]]


def test_a_task_that_clients_take_is_ok(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("validate", "--mcp", "total") == snapshot("""\
exit 0
--- stdout
total: ok
""")


def test_what_clients_refuse_is_shown_with_its_place_and_only_when_asked_for(
    ratchet: Command, make_task: MakeTask
) -> None:
    make_task(
        files={"input.schema.json": '{\n  "properties": {\n    "a b": {}\n  },\n  "oneOf": [{}]\n}'},
        metadata={"description": None, "name": "2nd"},
    )
    assert ratchet("validate", "total") == "exit 0\n--- stdout\ntotal: ok\n"
    assert ratchet("validate", "--mcp", "total") == snapshot("""\
exit 3
--- stdout
total: 5 problems
error: `2nd` cannot be the name of a tool
  --> total/metadata.json
  = hint: Begin it with a letter, and keep to 48 characters
error: There is no description
  --> total/metadata.json
  = hint: Say in `description` what the task does: a model chooses it by that
error: The root of the input schema does not have the type `object`
  --> total/input.schema.json:1:1
   |
 1 | {
   | ^
  = hint: Write `"type": "object"` at its root: the arguments of a tool are an object
error: The root of the input schema has `oneOf`
  --> total/input.schema.json:5:12
   |
 5 |   "oneOf": [{}]
   |            ^
  = hint: Say it deeper inside, or check it in the task
error: The property `a b` is not a key that clients take
  --> total/input.schema.json:3:12
   |
 3 |     "a b": {}
   |            ^
  = hint: Use 1 to 64 letters, digits, `_`, `.` and `-`
--- stderr
0 valid, 1 not
""")


def test_the_arguments_are_an_object_with_plain_keys_at_every_depth(ratchet: Command, make_task: MakeTask) -> None:
    schema = {
        "type": "object",
        "properties": {"list": {"items": {"properties": {"é": {}, "": {}, "a.b-c_1": {}}}}, "x" * 64: {}},
        "allOf": [{}],
        "anyOf": [{}],
        "$defs": {"deep": {"oneOf": [{}]}},
    }
    make_task(files={"input.schema.json": json.dumps(schema)})
    assert messages(ratchet("validate", "--mcp", "--json", "total")) == snapshot(
        [
            ("The root of the input schema has `anyOf`", "/anyOf"),
            ("The root of the input schema has `allOf`", "/allOf"),
            ("The property `é` is not a key that clients take", "/properties/list/items/properties/é"),
            ("The property `` is not a key that clients take", "/properties/list/items/properties/"),
        ]
    )


def test_references_must_lead_somewhere_in_the_same_schema(ratchet: Command, make_task: MakeTask) -> None:
    schema = {
        "type": "object",
        "properties": {"own": {"$ref": "#/$defs/own"}, "self": {"$ref": "#"}, "other": {"$ref": "other.json"}},
        "$defs": {"own": {}},
    }
    make_task(files={"other.json": "{}", **{side: json.dumps(schema) for side in _SIDES}})
    assert messages(ratchet("validate", "--mcp", "--json", "total")) == snapshot(
        [
            ("The reference `other.json` leads to nothing in this schema", "/properties/other/$ref"),
            ("The reference `other.json` leads to nothing in this schema", "/properties/other/$ref"),
        ]
    )


def test_a_schema_or_description_that_is_too_large_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    deep: object = {}
    for _ in range(40):
        deep = {"items": deep}
    large = {"type": "object", "description": "x" * 70_000}
    files = {"input.schema.json": json.dumps(large), "output.schema.json": json.dumps(deep)}
    make_task(files=files, metadata={"description": "x" * 1025})
    assert messages(ratchet("validate", "--mcp", "--json", "total")) == snapshot(
        [
            ("The description has 1,025 characters", None),
            ("The input schema takes 70,037 bytes", ""),
            ("The output schema is nested more than 32 deep", ""),
        ]
    )


def test_a_task_without_an_input_schema_is_no_tool(ratchet: Command, make_task: MakeTask) -> None:
    make_task(files=dict.fromkeys(_SIDES))
    assert messages(ratchet("validate", "--mcp", "--json", "total"))[0] == ("There is no input schema", None)
