"""Whatever is handed to a command, one clear error says what is wrong, where, and what to do next."""

from __future__ import annotations

import json
import os
import socket
import zipfile
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask


def test_a_path_that_is_not_there_suggests_the_nearest(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("run-once", "totl") == snapshot("""\
exit 3
--- stderr
Error: `totl` is not there
Hint: Did you mean `total`?
""")
    assert ratchet("run-once", "no/where") == snapshot("""\
exit 3
--- stderr
Error: `no/where` is not there
Hint: `ratchet list` shows the tasks below this folder
""")


def test_a_folder_without_metadata_is_no_task(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task(name="tasks/total")
    (folder / "empty").mkdir()
    assert ratchet("run-once", "tasks") == snapshot("""\
exit 3
--- stderr
Error: `tasks` is not a task: it has no metadata
  --> tasks
Hint: There are tasks below it: `tasks/total`
""")
    assert ratchet("run-once", "empty") == snapshot("""\
exit 3
--- stderr
Error: `empty` is not a task: it has no metadata
  --> empty
Hint: A task has one of `metadata.json`, `metadata.yaml`, `metadata.yml`, `meta.yaml`, `meta.yml`, `task.yaml`, `task.yml`
""")


def test_a_file_is_no_task(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("run-once", "total/main.js") == snapshot("""\
exit 3
--- stderr
Error: `total/main.js` is neither a folder nor a ZIP archive
  --> total/main.js
Hint: Name its folder: `total`
""")
    assert ratchet("run-once", "/dev/null") == snapshot("""\
exit 3
--- stderr
Error: `/dev/null` is neither a folder nor a ZIP archive
  --> /dev/null
Hint: Name a folder with a task, or a ZIP of one
""")


@pytest.mark.parametrize(
    ("metadata", "reply"),
    [
        ("", snapshot("""\
exit 3
--- stderr
Error: `total/metadata.json` is empty
  --> total/metadata.json:1:1
   |
 1 |
   | ^
Hint: Write a JSON value
""")),
        ('{"label": "Total",\n "version": "1.0.0"\n "name": "total"}', snapshot("""\
exit 3
--- stderr
Error: A comma or colon is missing before this string
  --> total/metadata.json:3:2
   |
 3 |  "name": "total"}
   |  ^
""")),
        ('{"label": "Total",\n "version": "1.0.0",}', snapshot("""\
exit 3
--- stderr
Error: There is a comma in front of `}`
  --> total/metadata.json:2:21
   |
 2 |  "version": "1.0.0",}
   |                     ^
Hint: Remove the last comma
""")),
        ("{'label': 'Total'}", snapshot("""\
exit 3
--- stderr
Error: A string stands in single quotes
  --> total/metadata.json:1:2
   |
 1 | {'label': 'Total'}
   |  ^
Hint: JSON strings stand in double quotes
""")),
        ('{"label": "Total",\n "label": "Sum"}', snapshot("""\
exit 3
--- stderr
Error: The key `label` is there twice
  --> total/metadata.json:2:2
   |
 2 |  "label": "Sum"}
   |  ^
Hint: Remove one; the first is on line 1
""")),
        ('{"label": "Total" // the name\n}', snapshot("""\
exit 3
--- stderr
Error: JSON has no comments
  --> total/metadata.json:1:19
   |
 1 | {"label": "Total" // the name
   |                   ^
Hint: Remove the comment
""")),
        ("[1]", snapshot("""\
exit 3
--- stderr
Error: `total/metadata.json` holds a list, not an object
  --> total/metadata.json:1:1
""")),
        (b'{"label": "\xff"}', snapshot("""\
exit 3
--- stderr
Error: `total/metadata.json` is not UTF-8: byte 0xff at offset 11
  --> total/metadata.json:1:12
   |
 1 | {"label": "
   |            ^
Hint: Save it as UTF-8
""")),
        ("\ufeff{}".encode("utf-16-le"), snapshot("""\
exit 3
--- stderr
Error: `total/metadata.json` is UTF-16
  --> total/metadata.json:1:1
Hint: Save it as UTF-8 without a byte order mark
""")),
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
        ("name: total\nversion: [1.0.0\n", snapshot("""\
exit 3
--- stderr
Error: The YAML cannot be read: expected ',' or ']', but got '<stream end>'
  --> total/metadata.yaml:3:1
   |
 3 |
   | ^
""")),
        ("name: total\n\tversion: 1.0.0\n", snapshot("""\
exit 3
--- stderr
Error: The YAML cannot be read: found character '\\t' that cannot start any token
  --> total/metadata.yaml:2:1
   |
 2 |     version: 1.0.0
   | ^
""")),
        ("name: total\nversion: 1.10\n", snapshot("""\
exit 3
--- stderr
Error: `version` is a number, not a semantic version
  --> total/metadata.yaml:2:10
   |
 2 | version: 1.10
   |          ^
Hint: Write `"1.1.0"`, in quotes
""")),
        ("name: &a [*a]\n", snapshot("""\
exit 3
--- stderr
Error: The anchor `&a` is not allowed
  --> total/metadata.yaml:1:7
   |
 1 | name: &a [*a]
   |       ^
Hint: Remove it
""")),
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
        "type": "objekt",
        "properties": {"a": {"minimum": "3"}, "b": {"pattern": "("}, "c": {"$ref": "https://example.com/c.json"}},
    }
    make_task(files={"input.schema.json": json.dumps(schema, indent=2)})
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: The input schema of `total` has 4 problems
error: Expected a number, got the string `"3"`
  --> total/input.schema.json:5:18
   |
 5 |       "minimum": "3"
   |                  ^
error: Expected one of `"array"`, `"boolean"`, `"integer"`, `"null"`, `"number"`, `"object"`, `"string"`, got the string `"objekt"`
  --> total/input.schema.json:2:11
   |
 2 |   "type": "objekt",
   |           ^
  = hint: Did you mean `object`?
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
        ("(function (input) {\n  const total = ;\n  return { total };\n})\n", snapshot("""\
exit 3
--- stderr
Error: Syntax error: Unexpected token `;`
  --> total/main.js:2:17
   |
 2 |   const total = ;
   |                 ^
""")),
        ("(input) => {\n  return { total: 1 \n}\n", snapshot("""\
exit 3
--- stderr
Error: Syntax error: Unexpected end of the file
  --> total/main.js:4:1
   |
 4 |
   | ^
""")),
        ('(input) => {\n  const s = "abc;\n}\n', snapshot("""\
exit 3
--- stderr
Error: Syntax error: Unterminated string constant
  --> total/main.js:2:13
   |
 2 |   const s = "abc;
   |             ^
""")),
        ("const total = 3;\n", snapshot("""\
exit 3
--- stderr
Error: The file offers no function to run
  --> total/main.js
Hint: Write `export default (input) => …` or `function main(input) { … }`
""")),
        ("", snapshot("""\
exit 3
--- stderr
Error: `total/main.js` is empty
  --> total/main.js:1:1
Hint: Write a function
""")),
        (b"(input) => '\xff'\n", snapshot("""\
exit 3
--- stderr
Error: `total/main.js` is not UTF-8: byte 0xff at offset 12
  --> total/main.js:1:13
   |
 1 | (input) => '
   |             ^
Hint: Save it as UTF-8
""")),
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


def test_files_that_cannot_be_read_are_refused(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    task = make_task()
    (task / "loop").symlink_to("loop")
    os.mkfifo(task / "pipe")
    (task / "secret").symlink_to("/etc/passwd")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("total/door")
        assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: `total` has 4 problems
error: `door` is not a regular file: a socket
  --> total/door
  = hint: Remove it from the task
error: `pipe` is not a regular file: a pipe
  --> total/pipe
  = hint: Remove it from the task
error: The link `secret` leads out of the task
  --> total/secret
  = hint: Copy the file into the task
error: `loop` is not a regular file: a link that leads back to itself
  --> total/loop
  = hint: Remove it from the task
""")


def test_a_folder_with_very_many_files_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    task = make_task()
    (task / "many").mkdir()
    for number in range(10_001):
        os.close(os.open(task / "many" / f"{number}", os.O_CREAT | os.O_WRONLY))
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: `total` has more than 10,000 files and folders
  --> total
Hint: Move what the task does not need, such as `node_modules`, out of it
""")


def test_a_zip_bomb_is_refused(ratchet: Command, folder: Path) -> None:
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("metadata.json", '{"label": "Bomb", "version": "1.0.0"}')
        archive.writestr("main.js", b"\0" * 100_000_000)
    assert ratchet("run-once", "bomb.zip") == snapshot("""\
exit 3
--- stderr
Error: `main.js` in `bomb.zip` unpacks to more than 200 times its size
  --> bomb.zip/main.js
""")


def test_an_archive_that_leads_out_is_refused(ratchet: Command, folder: Path) -> None:
    with zipfile.ZipFile(folder / "bad.zip", "w") as archive:
        archive.writestr("metadata.json", '{"label": "Bad", "version": "1.0.0"}')
        archive.writestr("../main.js", "(input) => input")
        archive.writestr("/etc/passwd", "x")
    (folder / "torn.zip").write_bytes((folder / "bad.zip").read_bytes()[:-30])
    assert ratchet("run-once", "bad.zip") == snapshot("""\
exit 3
--- stderr
Error: `bad.zip` has 2 problems
error: The entry `../main.js` leads out of the archive
  --> bad.zip/../main.js
error: The entry `/etc/passwd` is an absolute path
  --> bad.zip//etc/passwd
""")
    assert ratchet("run-once", "torn.zip") == snapshot("""\
exit 3
--- stderr
Error: `torn.zip` is not a sound ZIP archive: File is not a zip file
  --> torn.zip
""")
    assert not (folder.parent / "main.js").exists()


def test_a_name_with_a_newline_is_shown_in_one_line(ratchet: Command, make_task: MakeTask) -> None:
    make_task(name="to\ntal\x1b[31m", files={"ma\nin.js": "x"})
    assert ratchet("run-once", "to\ntal\x1b[31m") == snapshot("""\
exit 3
--- stderr
Error: The name `ma\\nin.js` holds a control character or one that is not UTF-8
  --> to\\ntal\\x1b[31m/ma\\nin.js
Hint: Rename it
""")
    assert ratchet("run-once", "to\ntl\x1b[31m") == snapshot("""\
exit 3
--- stderr
Error: `to\\ntl\\x1b[31m` is not there
Hint: Did you mean `to\\ntal\\x1b[31m`?
""")
    make_task("() => {\n  throw 1;\n}\n", name="li\nne")
    assert ratchet("run-once", "li\nne") == snapshot("""\
exit 1
--- stderr
Error: The task threw `1`, which is not an error
  --> li\\nne/main.js
Hint: Throw an `Error`, which knows where it was thrown
""")


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("", snapshot("""\
exit 3
--- stderr
Error: `--input` is empty
  --> --input:1:1
   |
 1 |
   | ^
Hint: Write a JSON value
""")),
        ("{name: 1}", snapshot("""\
exit 3
--- stderr
Error: A key stands without quotes
  --> --input:1:2
   |
 1 | {name: 1}
   |  ^
Hint: Keys stand in double quotes
""")),
        ('{"name": "x",}', snapshot("""\
exit 3
--- stderr
Error: There is a comma in front of `}`
  --> --input:1:14
   |
 1 | {"name": "x",}
   |              ^
Hint: Remove the last comma
""")),
        ('{"name": "x"', snapshot("""\
exit 3
--- stderr
Error: The JSON ends too early
  --> --input:1:13
   |
 1 | {"name": "x"
   |             ^
Hint: Close every string, array and object
""")),
        ('{\n  "name": "x"\n  "order": {}\n}', snapshot("""\
exit 3
--- stderr
Error: A comma or colon is missing before this string
  --> --input:3:3
   |
 3 |   "order": {}
   |   ^
""")),
        ("{'name': 'x'}", snapshot("""\
exit 3
--- stderr
Error: A string stands in single quotes
  --> --input:1:2
   |
 1 | {'name': 'x'}
   |  ^
Hint: JSON strings stand in double quotes
""")),
        ('{"name": NaN}', snapshot("""\
exit 3
--- stderr
Error: `NaN` is not JSON
  --> --input:1:10
   |
 1 | {"name": NaN}
   |          ^
Hint: Write `null`, or a number
""")),
        ('{"name": 1e999}', snapshot("""\
exit 3
--- stderr
Error: The number is too large
  --> --input:1:10
   |
 1 | {"name": 1e999}
   |          ^
Hint: Write it as a string
""")),
        ('{"name": "a", "name": "b"}', snapshot("""\
exit 3
--- stderr
Error: The key `name` is there twice
  --> --input:1:15
   |
 1 | {"name": "a", "name": "b"}
   |               ^
Hint: Remove one; the first is on line 1
""")),
        ("[" * 501 + "]" * 501, snapshot("""\
exit 3
--- stderr
Error: The JSON is nested more than 500 deep
  --> --input:1:501
""")),
        ("@missing.json", snapshot("""\
exit 3
--- stderr
Error: The input file `missing.json` cannot be read: No such file or directory
Hint: Name a JSON file that is there and can be read
""")),
        ("@total", snapshot("""\
exit 3
--- stderr
Error: The input file `total` cannot be read: Is a directory
Hint: Name a JSON file that is there and can be read
""")),
        ("@/proc/self/mem", snapshot("""\
exit 3
--- stderr
Error: The input file `/proc/self/mem` cannot be read: Input/output error
Hint: Name a JSON file that is there and can be read
""")),
    ],
)
def test_an_input_that_is_not_json_is_shown_with_its_place(
    ratchet: Command, make_task: MakeTask, text: str, reply: str
) -> None:
    make_task()
    assert ratchet("run-once", "total", "--input", text) == reply


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
