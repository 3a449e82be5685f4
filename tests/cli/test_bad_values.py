"""Whatever is handed to a command as an input, one clear error says what is wrong, where, and what to do next."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        (
            "",
            snapshot("""\
exit 3
--- stderr
Error: `--input` is empty
  --> --input:1:1
   |
 1 |
   | ^
Hint: Write a JSON value
"""),
        ),
        (
            "{name: 1}",
            snapshot("""\
exit 3
--- stderr
Error: A key stands without quotes
  --> --input:1:2
   |
 1 | {name: 1}
   |  ^
Hint: Keys stand in double quotes
"""),
        ),
        (
            '{"name": "x",}',
            snapshot("""\
exit 3
--- stderr
Error: There is a comma after the last entry
  --> --input:1:13
   |
 1 | {"name": "x",}
   |             ^
Hint: Remove the comma
"""),
        ),
        (
            '{"name": "x"',
            snapshot("""\
exit 3
--- stderr
Error: The JSON ends too early
  --> --input:1:13
   |
 1 | {"name": "x"
   |             ^
Hint: Close every string, array and object
"""),
        ),
        (
            '{\n  "name": "x"\n  "order": {}\n}',
            snapshot("""\
exit 3
--- stderr
Error: A comma or colon is missing before this string
  --> --input:3:3
   |
 3 |   "order": {}
   |   ^
"""),
        ),
        (
            "{'name': 'x'}",
            snapshot("""\
exit 3
--- stderr
Error: A string stands in single quotes
  --> --input:1:2
   |
 1 | {'name': 'x'}
   |  ^
Hint: JSON strings stand in double quotes
"""),
        ),
        (
            '{"name": NaN}',
            snapshot("""\
exit 3
--- stderr
Error: `NaN` is not JSON
  --> --input:1:10
   |
 1 | {"name": NaN}
   |          ^
Hint: Write `null`, or a number
"""),
        ),
        (
            '{"name": 1e999}',
            snapshot("""\
exit 3
--- stderr
Error: The number is too large
  --> --input:1:10
   |
 1 | {"name": 1e999}
   |          ^
Hint: Write it as a string
"""),
        ),
        (
            '{"name": "a", "name": "b"}',
            snapshot("""\
exit 3
--- stderr
Error: The key `name` is there twice
  --> --input:1:15
   |
 1 | {"name": "a", "name": "b"}
   |               ^
Hint: Remove one; the first is on line 1
"""),
        ),
        (
            "[" * 501 + "]" * 501,
            snapshot("""\
exit 3
--- stderr
Error: The JSON is nested more than 500 deep
  --> --input:1:501
"""),
        ),
        (
            "@missing.json",
            snapshot("""\
exit 3
--- stderr
Error: The input file `missing.json` cannot be read: No such file or directory
Hint: Name a JSON file that is there and can be read
"""),
        ),
        (
            "@total",
            snapshot("""\
exit 3
--- stderr
Error: The input file `total` cannot be read: Is a directory
Hint: Name a JSON file that is there and can be read
"""),
        ),
    ],
)
def test_an_input_that_is_not_json_is_shown_with_its_place(
    ratchet: Command, make_task: MakeTask, text: str, reply: str
) -> None:
    make_task()
    assert ratchet("run-once", "total", "--input", text) == reply


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux has a file that root cannot read")
def test_an_input_file_that_cannot_be_read_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("run-once", "total", "--input", "@/proc/self/mem") == snapshot("""\
exit 3
--- stderr
Error: The input file `/proc/self/mem` cannot be read: Input/output error
Hint: Name a JSON file that is there and can be read
""")


def test_an_input_that_is_not_text_is_refused(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task()
    assert ratchet("run-once", "total", "--input", "-", stdin=b'"\xff"') == snapshot("""\
exit 3
--- stderr
Error: The input from `stdin` is not UTF-8: byte 1
Hint: Save it as UTF-8
""")
    (folder / "input.json").write_bytes(b'{"name":\n  x}')
    assert ratchet("run-once", "total", "--input", "@input.json") == snapshot("""\
exit 3
--- stderr
Error: Unexpected `x`
  --> input.json:2:3
   |
 2 |   x}
   |   ^
Hint: JSON has double-quoted strings, numbers, `true`, `false`, `null`
""")


def test_every_violation_of_the_input_schema_is_shown_with_its_pointer(ratchet: Command, make_task: MakeTask) -> None:
    make_task(
        files={
            "input.schema.json": json.dumps(
                {
                    "type": "object",
                    "properties": {
                        "currency": {"enum": ["EUR", "USD"]},
                        "items": {"type": "array", "items": {"properties": {"price": {"minimum": 0}}}},
                        "when": {"format": "date"},
                    },
                    "required": ["customer"],
                    "additionalProperties": False,
                }
            )
        }
    )
    value = {"currency": "EURO", "items": [{"price": 1}, {"price": -1}], "when": "today", "item": 1}
    assert ratchet("run-once", "total", "--input", json.dumps(value)) == snapshot("""\
exit 3
--- stderr
Error: The input does not fit `total/input.schema.json`
  /currency: Expected one of `"EUR"`, `"USD"`, got the string `"EURO"`
    = hint: Did you mean `EUR`?
  /items/1/price: Expected at least 0, got `-1`
  /when: Expected the format `date`, got the string `"today"`
  /item: `item` is not a property that is allowed here
    = hint: Did you mean `items`?
  `customer` is missing
Hint: See `total/input.schema.json` for what the task takes
""")
    assert ratchet("run-once", "total", "--input", "3") == snapshot("""\
exit 3
--- stderr
Error: The input does not fit `total/input.schema.json`
  Expected an object, got `3`
Hint: See `total/input.schema.json` for what the task takes
""")
