"""Whatever is handed to a command as a task, one clear error says what is wrong, where, and what to do next."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask
from tests.slow_schemas import doubling


@pytest.mark.parametrize(
    ("metadata", "reply"),
    [
        (
            "",
            snapshot("""\
exit 3
--- stderr
Error: `total/metadata.json` is empty
  --> total/metadata.json:1:1
   |
 1 |
   | ^
Hint: Write a JSON value
"""),
        ),
        (
            '{"label": "Total",\n "version": "1.0.0"\n "name": "total"}',
            snapshot("""\
exit 3
--- stderr
Error: A comma or colon is missing before this string
  --> total/metadata.json:3:2
   |
 3 |  "name": "total"}
   |  ^
"""),
        ),
        (
            '{"label": "Total",\n "version": "1.0.0",}',
            snapshot("""\
exit 3
--- stderr
Error: There is a comma after the last entry
  --> total/metadata.json:2:20
   |
 2 |  "version": "1.0.0",}
   |                    ^
Hint: Remove the comma
"""),
        ),
        (
            "{'label': 'Total'}",
            snapshot("""\
exit 3
--- stderr
Error: A string stands in single quotes
  --> total/metadata.json:1:2
   |
 1 | {'label': 'Total'}
   |  ^
Hint: JSON strings stand in double quotes
"""),
        ),
        (
            '{"label": "Total",\n "label": "Sum"}',
            snapshot("""\
exit 3
--- stderr
Error: The key `label` is there twice
  --> total/metadata.json:2:2
   |
 2 |  "label": "Sum"}
   |  ^
Hint: Remove one; the first is on line 1
"""),
        ),
        (
            '{"label": "Total" // the name\n}',
            snapshot("""\
exit 3
--- stderr
Error: JSON has no comments
  --> total/metadata.json:1:19
   |
 1 | {"label": "Total" // the name
   |                   ^
Hint: Remove the comment
"""),
        ),
        (
            "[1]",
            snapshot("""\
exit 3
--- stderr
Error: `total/metadata.json` holds a list, not an object
  --> total/metadata.json:1:1
"""),
        ),
        (
            b'{"label": "\xff"}',
            snapshot("""\
exit 3
--- stderr
Error: `total/metadata.json` is not UTF-8: byte 0xff at offset 11
  --> total/metadata.json:1:12
   |
 1 | {"label": "
   |            ^
Hint: Save it as UTF-8
"""),
        ),
        (
            "\ufeff{}".encode("utf-16-le"),
            snapshot("""\
exit 3
--- stderr
Error: `total/metadata.json` is UTF-16
  --> total/metadata.json:1:1
Hint: Save it as UTF-8 without a byte order mark
"""),
        ),
    ],
)
def test_broken_json_metadata_is_shown_with_its_place(
    ratchet: Command, make_task: MakeTask, metadata: str | bytes, reply: str
) -> None:
    make_task(files={"metadata.json": metadata})
    assert ratchet("run-once", "total") == reply


@pytest.mark.parametrize(
    ("metadata", "reply"),
    [
        (
            "name: total\nversion: [1.0.0\n",
            snapshot("""\
exit 3
--- stderr
Error: The YAML cannot be read: expected ',' or ']', but got '<stream end>'
  --> total/metadata.yaml:3:1
   |
 3 |
   | ^
"""),
        ),
        (
            "name: total\n\tversion: 1.0.0\n",
            snapshot("""\
exit 3
--- stderr
Error: The YAML cannot be read: found character '\\t' that cannot start any token
  --> total/metadata.yaml:2:1
   |
 2 |     version: 1.0.0
   | ^
"""),
        ),
        (
            "name: total\nversion: 1.10\n",
            snapshot("""\
exit 3
--- stderr
Error: `version` is a number, not a semantic version
  --> total/metadata.yaml:2:10
   |
 2 | version: 1.10
   |          ^
Hint: Write `"1.1.0"`, in quotes
"""),
        ),
        (
            "name: &a [*a]\n",
            snapshot("""\
exit 3
--- stderr
Error: The anchor `&a` is not allowed
  --> total/metadata.yaml:1:7
   |
 1 | name: &a [*a]
   |       ^
Hint: Remove it
"""),
        ),
    ],
)
def test_broken_yaml_metadata_is_shown_with_its_place(
    ratchet: Command, make_task: MakeTask, metadata: str, reply: str
) -> None:
    make_task(files={"metadata.json": None, "metadata.yaml": metadata})
    assert ratchet("run-once", "total") == reply


def test_all_problems_of_the_metadata_are_shown_at_once(ratchet: Command, make_task: MakeTask) -> None:
    make_task(
        metadata={
            "version": "1.0",
            "timeout": -3,
            "permissions": {"nett": ["api.example.com"]},
            "entrypoint": "mian.js",
        }
    )
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: The task `total` has 4 problems
error: The entry point `mian.js` is not there
  --> total/metadata.json:12:17
    |
 12 |   "entrypoint": "mian.js"
    |                 ^
  = hint: Did you mean `main.js`?
error: `version` is `1.0`, not a semantic version
  --> total/metadata.json:4:14
   |
 4 |   "version": "1.0",
   |              ^
  = hint: Write `"1.0.0"`, in quotes
error: `timeout` is not a number above zero
  --> total/metadata.json:6:14
   |
 6 |   "timeout": -3,
   |              ^
error: `permissions` has no key `nett`
  --> total/metadata.json:8:5
   |
 8 |     "nett": [
   |     ^
  = hint: Did you mean `net`?
""")


def test_a_wrong_schema_is_shown_with_its_place(ratchet: Command, make_task: MakeTask) -> None:
    schema = {
        "$comment": 3,
        "properties": {"a": {"minimum": "3"}, "b": {"pattern": "("}, "c": {"$ref": "https://example.com/c.json"}},
    }
    make_task(files={"input.schema.json": json.dumps(schema, indent=2)})
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: The input schema of `total` has 4 problems
error: Expected a string, got `3`
  --> total/input.schema.json:2:15
   |
 2 |   "$comment": 3,
   |               ^
error: Expected a number, got the string `"3"`
  --> total/input.schema.json:5:18
   |
 5 |       "minimum": "3"
   |                  ^
error: The pattern `(` is not a regular expression that can be used
  --> total/input.schema.json:8:18
   |
 8 |       "pattern": "("
   |                  ^
error: The reference `https://example.com/c.json` leads out of the task: schemas are never fetched
  --> total/input.schema.json:11:15
    |
 11 |       "$ref": "https://example.com/c.json"
    |               ^
  = hint: Put the schema into the task and refer to its file
""")


def test_a_misspelt_type_suggests_the_nearest(ratchet: Command, make_task: MakeTask) -> None:
    make_task(files={"input.schema.json": '{"type": "objekt"}'})
    reply = ratchet("run-once", "total")
    assert 'got the string `"objekt"`\n  --> total/input.schema.json:1:10\n' in reply
    assert reply.endswith("Hint: Did you mean `object`?\n")


def test_a_schema_in_a_zip_that_takes_for_ever_is_stopped(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    total = make_task(files={"input.schema.json": json.dumps(doubling())})
    shutil.make_archive("total", "zip", total)
    assert ratchet("run-once", "total.zip", "--set", "order=1") == snapshot("""\
exit 4
--- stderr
Error: The input schema of `total` takes more than 2 s to check
  --> total.zip/input.schema.json
Hint: Look for `anyOf`, `oneOf` or `$ref` that double the work at each level
""")


def test_a_schema_inside_the_metadata_is_shown_there(ratchet: Command, make_task: MakeTask) -> None:
    metadata = 'name: total\nversion: "1.0.0"\ninput_schema:\n  type: object\n  required: id\n'
    make_task(files={"metadata.json": None, "metadata.yaml": metadata, "input.schema.json": None})
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: Expected an array, got the string `"id"`
  --> total/metadata.yaml:5:13
   |
 5 |   required: id
   |             ^
""")


@pytest.mark.parametrize(
    ("source", "reply"),
    [
        (
            "(function (input) {\n  const total = ;\n  return { total };\n})\n",
            snapshot("""\
exit 3
--- stderr
Error: Syntax error: Unexpected token `;`
  --> total/main.js:2:17
   |
 2 |   const total = ;
   |                 ^
"""),
        ),
        (
            "(input) => {\n  return { total: 1 \n}\n",
            snapshot("""\
exit 3
--- stderr
Error: Syntax error: Unexpected end of the file
  --> total/main.js:4:1
   |
 4 |
   | ^
"""),
        ),
        (
            '(input) => {\n  const s = "abc;\n}\n',
            snapshot("""\
exit 3
--- stderr
Error: Syntax error: Unterminated string constant
  --> total/main.js:2:13
   |
 2 |   const s = "abc;
   |             ^
"""),
        ),
        (
            "const total = 3;\n",
            snapshot("""\
exit 3
--- stderr
Error: The file offers no function to run
  --> total/main.js
Hint: Write `export default (input) => …` or `function main(input) { … }`
"""),
        ),
        (
            "",
            snapshot("""\
exit 3
--- stderr
Error: `total/main.js` is empty
  --> total/main.js:1:1
Hint: Write a function
"""),
        ),
        (
            b"(input) => '\xff'\n",
            snapshot("""\
exit 3
--- stderr
Error: `total/main.js` is not UTF-8: byte 0xff at offset 12
  --> total/main.js:1:13
   |
 1 | (input) => '
   |             ^
Hint: Save it as UTF-8
"""),
        ),
    ],
)
def test_a_source_that_cannot_run_is_refused_with_its_place(
    ratchet: Command, make_task: MakeTask, source: str | bytes, reply: str
) -> None:
    make_task(files={"main.js": source})
    assert ratchet("run-once", "total") == reply


def test_a_task_without_an_entry_point_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    make_task(files={"main.js": None})
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: The task has no entry point
  --> total
Hint: Add one of `main.js`, `main.mjs`, `main.ts`, `task.js`, or name the file as `entrypoint` in the metadata
""")
