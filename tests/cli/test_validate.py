"""`ratchet validate`: every problem at once, and nothing of the task is run."""

from __future__ import annotations

import json
from pathlib import Path

from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask

LOOSE = {"input.schema.json": None, "output.schema.json": None}


def test_a_sound_task_is_ok(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("validate", "total") == snapshot("""\
exit 0
--- stdout
total: ok
""")
    assert ratchet("validate", "--from-fs", "total") == ratchet("validate", "total")


def test_validation_does_not_run_the_task(ratchet: Command, make_task: MakeTask) -> None:
    make_task('console.log("evaluated");\nexport default () => { console.log("run") };\nwhile (true) {}\n')
    assert ratchet("validate", "total") == snapshot("""\
exit 0
--- stdout
total: ok
""")


def test_many_problems_are_shown_at_once(ratchet: Command, make_task: MakeTask) -> None:
    make_task(
        """import { round } from "./lib/ronud.js";
import _ from "lodash";
export default (input) => {
  return proces.env
};
""",
        files={"lib/round.js": "export const round = (", "input.schema.json": '{\n  "maxLength": "3"\n}'},
        metadata={"colour": "red"},
    )
    assert ratchet("validate", "total") == snapshot("""\
exit 3
--- stdout
total: 5 problems
error: Expected an integer, got the string `"3"`
  --> total/input.schema.json:2:16
   |
 2 |   "maxLength": "3"
   |                ^
error: Cannot load `./lib/ronud.js`: the task has no such file
  --> total/main.js:1:23
   |
 1 | import { round } from "./lib/ronud.js";
   |                       ^
  = hint: Did you mean `./lib/round.js`?
error: Cannot load `lodash`: only files of the task can be loaded
  --> total/main.js:2:15
   |
 2 | import _ from "lodash";
   |               ^
  = hint: Copy what the task needs of it into a file of the task
warning: `colour` is not a metadata key that Ratchet knows
  --> total/metadata.json:6:3
   |
 6 |   "colour": "red"
   |   ^
warning: `proces` is not defined
  --> total/main.js:4:10
   |
 4 |   return proces.env
   |          ^
--- stderr
0 valid, 1 not
""")


def test_warnings_alone_are_no_failure(ratchet: Command, make_task: MakeTask) -> None:
    make_task(files=LOOSE, metadata={"version": None, "uuid": "not-a-uuid"})
    assert ratchet("validate", "total") == snapshot("""\
exit 0
--- stdout
total: 4 problems
warning: There is no input schema: any input is accepted
  --> total/metadata.json
  = hint: Add `input.schema.json`, or run `ratchet validate --fix`
warning: There is no output schema: any output is accepted
  --> total/metadata.json
  = hint: Add `output.schema.json`, or run `ratchet validate --fix`
warning: There is no `version`
  --> total/metadata.json
  = hint: Add `"version": "0.1.0"`, or run `ratchet validate --fix`
warning: `not-a-uuid` is not a UUID
  --> total/metadata.json:2:11
   |
 2 |   "uuid": "not-a-uuid",
   |           ^
  = hint: Remove it, then run `ratchet validate --fix` for a new one
""")


def test_a_folder_of_tasks_is_checked_task_by_task(ratchet: Command, make_task: MakeTask) -> None:
    make_task(name="all/first")
    make_task("(input) => {", name="all/second")
    make_task(name="all/third", files={"metadata.json": "{"})
    make_task(name="all/fourth")
    assert ratchet("validate", "all") == snapshot("""\
exit 3
--- stdout
all/first: ok
all/fourth: ok
all/second: 1 problem
error: Syntax error: Unexpected end of the file
  --> all/second/main.js:1:13
   |
 1 | (input) => {
   |             ^
all/third: 1 problem
error: The JSON ends too early
  --> all/third/metadata.json:1:2
   |
 1 | {
   |  ^
  = hint: Close every string, array and object
--- stderr
2 valid, 2 not
""")


def test_several_tasks_can_be_named(ratchet: Command, make_task: MakeTask) -> None:
    make_task(name="one")
    make_task(name="two")
    assert ratchet("validate", "one", "two") == snapshot("""\
exit 0
--- stdout
one: ok
two: ok
--- stderr
2 valid, 0 not
""")


def test_without_a_name_the_working_folder_is_checked(ratchet: Command, make_task: MakeTask) -> None:
    assert ratchet("validate") == snapshot("""\
exit 3
--- stderr
Error: There is no task in `.`
Hint: `ratchet generate task ./NAME` makes one
""")
    make_task(name="one")
    assert ratchet("validate") == snapshot("""\
exit 0
--- stdout
one: ok
""")


def test_a_path_that_is_not_there_suggests_the_nearest(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("validate", "totel") == snapshot("""\
exit 3
--- stderr
Error: `totel` is not there
Hint: Did you mean `total`?
""")


def test_fix_adds_what_is_missing(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task(files=LOOSE, metadata={"version": None})
    assert ratchet("validate", "--fix", "total") == snapshot("""\
exit 0
--- stdout
total: ok
fixed: Added `version` `0.1.0` to `total/metadata.json`
fixed: Wrote `total/input.schema.json`, which accepts any object
fixed: Wrote `total/output.schema.json`, which accepts any object
""")
    assert json.loads((folder / "total/input.schema.json").read_text()) == snapshot(
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    )
    assert ratchet("validate", "--fix", "total") == ratchet("validate", "total")
    assert ratchet("run-once", "total") == snapshot("""\
exit 0
--- stdout
{"total":1}
""")


def test_fix_keeps_the_comments_of_yaml(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    metadata = "# The order service calls this.\nname: total # a slug\nversion: 1.0.0\n"
    make_task(files={"metadata.json": None, "metadata.yaml": metadata})
    ratchet("validate", "--fix", "total")
    lines = (folder / "total/metadata.yaml").read_text().splitlines()
    assert [line for line in lines if not line.startswith("uuid: ")] == metadata.splitlines()
    assert len(lines) == 4


def test_fix_says_what_it_cannot_repair(ratchet: Command, make_task: MakeTask) -> None:
    make_task("(input) => {", metadata={"version": "one"})
    assert ratchet("validate", "--fix", "total") == snapshot("""\
exit 3
--- stdout
total: 1 problem
error: `version` is `one`, not a semantic version
  --> total/metadata.json:4:14
   |
 4 |   "version": "one",
   |              ^
  = hint: Write `"1.0.0"`, in quotes
--- stderr
0 valid, 1 not
""")


def test_json_is_a_report_for_each_task(ratchet: Command, make_task: MakeTask) -> None:
    make_task("(input) => {\n  return 1 +;\n}\n", name="bad")
    make_task(name="good")
    code, _, text = ratchet("validate", "--json", "bad", "good").partition("--- stdout\n")
    bad, good = json.loads(text)
    assert code == "exit 3\n"
    assert bad.pop("digest").startswith("sha256:")
    assert bad == snapshot(
        {
            "task": "bad",
            "name": "bad",
            "version": "1.2.3",
            "permissions": {"net": None, "methods": None, "secrets": [], "tasks": []},
            "valid": False,
            "fixed": [],
            "problems": [
                {
                    "severity": "error",
                    "message": "Syntax error: Unexpected token `;`",
                    "file": "bad/main.js",
                    "line": 2,
                    "column": 13,
                    "text": "  return 1 +;",
                    "pointer": None,
                    "hint": None,
                }
            ],
        }
    )
    assert (good["valid"], good["problems"]) == (True, [])
