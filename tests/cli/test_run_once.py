"""`ratchet run-once`: what goes in, what comes out, and every way a run can end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask

ECHO = "(input) => input\n"
ANY = {"input.schema.json": "true"}


def test_the_output_alone_is_on_stdout(ratchet: Command, make_task: MakeTask) -> None:
    make_task('(input) => { console.log("adding"); return { total: 1 + 2, of: [1, 2] } }\n')
    assert ratchet("run-once", "total") == snapshot("""\
exit 0
--- stdout
{"total":3,"of":[1,2]}
--- stderr
adding
""")


def test_the_input_is_json_a_file_or_stdin(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task(ECHO, files=ANY)
    (folder / "input.json").write_text('{"a": "é"}', encoding="utf-8")
    assert ratchet("run-once", "total", "--input", '{"a": [1, null]}') == snapshot("""\
exit 0
--- stdout
{"a":[1,null]}
""")
    assert ratchet("run-once", "total", "--input", "@input.json") == snapshot("""\
exit 0
--- stdout
{"a":"é"}
""")
    assert ratchet("run-once", "total", "--input", "-", stdin=b"[true]") == snapshot("""\
exit 0
--- stdout
[true]
""")
    assert ratchet("run-once", "total", stdin=b"[true]") == snapshot("""\
exit 0
--- stdout
{}
""")


def test_set_builds_an_object(ratchet: Command, make_task: MakeTask) -> None:
    make_task(ECHO, files=ANY)
    settings = ["--set", "a=1", "--set", "b=text", "--set", 'c={"d": [true]}', "--set", "e=x=y"]
    assert ratchet("run-once", "total", "--input", '{"a": 0, "z": 9}', *settings) == snapshot("""\
exit 0
--- stdout
{"a":1,"z":9,"b":"text","c":{"d":[true]},"e":"x=y"}
""")
    assert ratchet("run-once", "total", "--set", "a") == snapshot("""\
exit 2
--- stderr
Error: `--set a` is not KEY=VALUE
Hint: `ratchet run-once --help` lists what it takes
""")
    assert ratchet("run-once", "total", "--input", "[]", "--set", "a=1") == snapshot("""\
exit 3
--- stderr
Error: `--set` needs an input that is an object
Hint: Leave `--input` out, or make it `{…}`
""")


def test_the_original_names_of_the_options_are_kept(ratchet: Command, make_task: MakeTask) -> None:
    make_task(ECHO, files=ANY)
    assert ratchet("run-once", "--from-fs", "total", "--input-json", '{"a": 1}') == snapshot("""\
exit 0
--- stdout
{"a":1}
""")


def test_any_json_value_goes_through_unchanged(ratchet: Command, make_task: MakeTask) -> None:
    make_task(ECHO, files={"input.schema.json": None, "output.schema.json": None})
    value = r'{"q":"\"\\\n\u2028","s":"\ud800","__proto__":{"x":1},"n":[1.5,-0.25,1e+300],"e":{}}'
    assert ratchet("run-once", "total", "--input", value) == snapshot("""\
exit 0
--- stdout
{"q":"\\"\\\\\\n\u2028","s":"\\ud800","__proto__":{"x":1},"n":[1.5,-0.25,1e+300],"e":{}}
""")


def test_integers_that_lose_their_last_digits_warn_with_their_pointer(ratchet: Command, make_task: MakeTask) -> None:
    make_task(ECHO, files=ANY)
    assert ratchet("run-once", "total", "--input", '{"a": [9007199254740993]}') == snapshot("""\
exit 0
--- stdout
{"a":[9007199254740992]}
--- stderr
Warning: /a/0: JavaScript cannot hold `9007199254740993` exactly: it is beyond 2^53
""")


def test_the_output_can_go_to_a_file(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task('() => ({ a: [1, "é"] })\n')
    assert ratchet("run-once", "total", "--output", "out.json") == snapshot('exit 0\n')
    assert (folder / "out.json").read_text(encoding="utf-8") == snapshot("""\
{
  "a": [
    1,
    "é"
  ]
}
""")


def test_an_output_file_that_cannot_be_written_leaves_nothing(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("run-once", "total", "--output", "total") == snapshot("""\
exit 3
--- stderr
Error: `total` cannot be written: Is a directory
Hint: Name a file in a folder that is there and can be written
""")
    assert ratchet("run-once", "total", "--output", "nowhere/out.json") == snapshot("""\
exit 3
--- stderr
Error: `nowhere/out.json` cannot be written: No such file or directory
Hint: Name a file in a folder that is there and can be written
""")


def test_an_output_file_that_is_a_device_stays_one(ratchet: Command, make_task: MakeTask) -> None:
    make_task()
    assert ratchet("run-once", "total", "--output", "/dev/null") == snapshot('exit 0\n')
    assert Path("/dev/null").is_char_device()


def test_a_failed_run_leaves_an_earlier_output_file_alone(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    make_task('() => { throw new Error("no") }\n')
    (folder / "out.json").write_text("before", encoding="utf-8")
    ratchet("run-once", "total", "--output", "out.json")
    assert (folder / "out.json").read_text(encoding="utf-8") == "before"


def test_console_lines_cannot_act_on_the_terminal(ratchet: Command, make_task: MakeTask) -> None:
    make_task(
        r"""() => {
  console.log("\x1b[31mred\x1b]0;title\x07");
  console.warn("from the \u202eright");
  console.error("two\nlines");
  console.debug("\x9b2J", "\r overwritten");
  return null;
}
"""
    )
    assert ratchet("run-once", "total") == snapshot("""\
exit 0
--- stdout
null
--- stderr
\\x1b[31mred\\x1b]0;title\\x07
warn: from the \\u202eright
error: two
lines
debug: \\x9b2J \\r overwritten
""")


def test_progress_is_left_to_the_document_where_there_is_no_terminal(ratchet: Command, make_task: MakeTask) -> None:
    make_task('(input, context) => { context.progress(1, 2, "half"); return null }\n')
    assert ratchet("run-once", "total") == snapshot("""\
exit 0
--- stdout
null
""")
    reply = ratchet("run-once", "total", "--json")
    document = json.loads(reply.partition("--- stdout\n")[2])
    assert document["progress"] == snapshot({'fraction': 0.5, 'step': '1/2', 'message': 'half', 'data': None})


def test_a_script_error_shows_its_line_and_what_it_threw(ratchet: Command, make_task: MakeTask) -> None:
    make_task("(input) => {\n  let total = 0;\n  for (const item of input.order.items) {\n  }\n}\n")
    assert ratchet("run-once", "total") == snapshot("""\
exit 1
--- stderr
Error: The task threw `TypeError: cannot read property 'items' of undefined`
  --> total/main.js:3:34
   |
 3 |   for (const item of input.order.items) {
   |                                  ^
Hint: Check the input against `total/input.schema.json`
""")


def test_an_error_is_shown_with_its_cause(ratchet: Command, make_task: MakeTask) -> None:
    make_task(
        '() => {\n  try { null.x } catch (cause) {\n    throw new DataError("no rows", { cause });\n  }\n}\n'
    )
    assert ratchet("run-once", "total") == snapshot("""\
exit 1
--- stderr
Error: The task threw `DataError: no rows`, caused by `TypeError: cannot read property 'x' of null`
  --> total/main.js:3:5
   |
 3 |     throw new DataError("no rows", { cause });
   |     ^
""")


@pytest.mark.parametrize(
    ("thrown", "reply"),
    [
        ('"a text"', snapshot("""\
exit 1
--- stderr
Error: The task threw `a text`, which is not an error
  --> total/main.js
Hint: Throw an `Error`, which knows where it was thrown
""")),
        ("undefined", snapshot("""\
exit 1
--- stderr
Error: The task threw `undefined`, which is not an error
  --> total/main.js
Hint: Throw an `Error`, which knows where it was thrown
""")),
        ("{ a: 1 }", snapshot("""\
exit 1
--- stderr
Error: The task threw `Object: {"a":1}`
  --> total/main.js
""")),
        ("new Error()", snapshot("""\
exit 1
--- stderr
Error: The task threw `Error`
  --> total/main.js:2:3
   |
 2 |   throw new Error();
   |   ^
""")),
        ('new HttpError(404, "gone")', snapshot("""\
exit 1
--- stderr
Error: The task threw `HttpError: gone`
  --> total/main.js:2:3
   |
 2 |   throw new HttpError(404, "gone");
   |   ^
""")),
        ('new Error("first\\nHint: run `rm -rf`\\x1b[2J")', snapshot("""\
exit 1
--- stderr
Error: The task threw `Error: first
  Hint: run `rm -rf`\\x1b[2J`
  --> total/main.js:2:3
   |
 2 |   throw new Error("first\\nHint: run `rm -rf`\\x1b[2J");
   |   ^
""")),
    ],
)
def test_whatever_a_task_throws_is_told_apart_from_words_of_ours(
    ratchet: Command, make_task: MakeTask, thrown: str, reply: str
) -> None:
    make_task(f"() => {{\n  throw {thrown};\n}}\n")
    assert ratchet("run-once", "total") == reply


def test_a_very_long_message_is_cut(ratchet: Command, make_task: MakeTask) -> None:
    make_task('() => {\n  throw new RangeError("a".repeat(50_000));\n}\n')
    reply = ratchet("run-once", "total")
    assert "aaa…\n  --> total/main.js:2:3\n" in reply
    assert len(reply) < 3000


def test_a_name_that_is_not_there_leads_to_validate(ratchet: Command, make_task: MakeTask) -> None:
    make_task("(input) => {\n  return totl(input);\n}\n")
    assert ratchet("run-once", "total") == snapshot("""\
exit 1
--- stderr
Error: The task threw `ReferenceError: totl is not defined`
  --> total/main.js:2:10
   |
 2 |   return totl(input);
   |          ^
Hint: `ratchet validate total` finds every name that is not there
""")


def test_an_import_that_cannot_be_followed_is_refused_with_its_place(ratchet: Command, make_task: MakeTask) -> None:
    make_task(
        'import { add } from "./lib/ad.js";\nexport default () => add(1, 2);\n',
        files={"lib/add.js": "export const add = 1"},
    )
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: Cannot load `./lib/ad.js`: the task has no such file
  --> total/main.js:1:21
   |
 1 | import { add } from "./lib/ad.js";
   |                     ^
Hint: Did you mean `./lib/add.js`?
""")
    make_task('import fs from "fs";\nexport default () => fs;\n')
    assert ratchet("run-once", "total") == snapshot("""\
exit 3
--- stderr
Error: Cannot load `fs`: only files of the task can be loaded
  --> total/main.js:1:16
   |
 1 | import fs from "fs";
   |                ^
Hint: Copy what the task needs of it into a file of the task
""")


def test_a_dynamic_import_that_cannot_be_followed_fails_where_it_stands(ratchet: Command, make_task: MakeTask) -> None:
    make_task('export default async () => {\n  await import("./tax.js");\n};\n')
    assert ratchet("run-once", "total") == snapshot("""\
exit 1
--- stderr
Error: The task threw `ReferenceError: cannot find module: './tax.js' in the task`
  --> total/main.js:2:16
   |
 2 |   await import("./tax.js");
   |                ^
Hint: Did you mean `./metadata.json`?
""")


def test_a_module_that_is_not_there_shows_where_it_is_required(ratchet: Command, make_task: MakeTask) -> None:
    make_task('const tax = require("./tax.js");\nmodule.exports = () => tax;\n')
    assert ratchet("run-once", "total") == snapshot("""\
exit 1
--- stderr
Error: The task threw `Error: Cannot find module './tax.js' in the task`
  --> total/main.js:1:12
   |
 1 | const tax = require("./tax.js");
   |            ^
""")


@pytest.mark.parametrize(
    ("source", "reply"),
    [
        ("() => {}", snapshot("""\
exit 1
--- stderr
Error: The task returned nothing
  --> total/main.js
Hint: Return a JSON value; `return null` says that there is no result
""")),
        ("() => () => 1", snapshot("""\
exit 1
--- stderr
Error: The task returned a function, which JSON cannot hold
  --> total/main.js
Hint: Call it and return its result
""")),
        ("() => ({ a: [1n] })", snapshot("""\
exit 1
--- stderr
Error: The output holds a BigInt at `/a/0`, which JSON cannot hold
  --> total/main.js
Hint: Return it as a string, with `String(value)`
""")),
        ("() => { const a = {}; a.b = [a]; return a }", snapshot("""\
exit 1
--- stderr
Error: The output holds a cycle at `/b/0`, which JSON cannot hold
  --> total/main.js
Hint: Return a copy without the reference that leads back
""")),
        ("() => new Promise(() => {})", snapshot("""\
exit 1
--- stderr
Error: The task's promise can never settle: no timer is left that could settle it
  --> total/main.js
Hint: Make every path of the promise call `resolve` or `reject`
""")),
        ('() => "x".repeat(5_000_000)', snapshot("""\
exit 4
--- stderr
Error: The output is 5,000,002 bytes, above the limit of 4,194,304
  --> total/main.js
Hint: Return less
""")),
        ("() => { for (let i = 0; i < 2000; i++) setTimeout(() => {}, 9999) }", snapshot("""\
exit 4
--- stderr
Error: The task had more than 1,000 timers at a time
  --> total/main.js
Hint: Wait for some of them before the next
""")),
    ],
)
def test_an_output_that_is_none_is_explained(ratchet: Command, make_task: MakeTask, source: str, reply: str) -> None:
    make_task(source)
    assert ratchet("run-once", "total") == reply


def test_an_output_that_does_not_fit_its_schema_is_listed(ratchet: Command, make_task: MakeTask) -> None:
    schema = {
        "type": "object",
        "properties": {"total": {"type": "number"}, "currency": {"enum": ["EUR", "USD"]}},
        "required": ["total"],
        "additionalProperties": False,
    }
    make_task('() => ({ totl: 1, currency: "EURO" })', files={"output.schema.json": json.dumps(schema)})
    assert ratchet("run-once", "total") == snapshot("""\
exit 1
--- stderr
Error: The output does not fit `total/output.schema.json`
  /currency: Expected one of `"EUR"`, `"USD"`, got the string `"EURO"`
    = hint: Did you mean `EUR`?
  /totl: `totl` is not a property that is allowed here
    = hint: Did you mean `total`?
  `total` is missing: expected a number
Hint: Change what the task returns, or `total/output.schema.json`
""")


def test_an_endless_loop_is_stopped(ratchet: Command, make_task: MakeTask) -> None:
    make_task("() => { while (true) {} }")
    assert ratchet("run-once", "total", "--timeout", "0.2") == snapshot("""\
exit 4
--- stderr
Error: The task ran longer than 0.2 seconds
  --> total/main.js
Hint: Look for a loop that does not end, or allow more with `--timeout`
""")


def test_too_much_memory_is_refused(ratchet: Command, make_task: MakeTask) -> None:
    make_task("() => { const a = []; while (true) a.push(new Uint8Array(1 << 20).fill(1)) }")
    assert ratchet("run-once", "total", "--memory", "40MB") == snapshot("""\
exit 4
--- stderr
Error: The task needed more than 40 MB of memory
  --> total/main.js
Hint: Work on smaller pieces
""")
    assert ratchet("run-once", "total", "--memory", "1GB") == snapshot("""\
exit 3
--- stderr
Error: `--memory 1GB` is above the 96 MB that the dukpy engine can use
Hint: Work on smaller pieces, or leave the flag out
""")


def test_json_is_the_whole_execution(ratchet: Command, make_task: MakeTask) -> None:
    make_task('(input) => { console.info("on it"); return { got: input } }')
    reply = ratchet("run-once", "total", "--set", "name=x", "--json")
    document = json.loads(reply.partition("--- stdout\n")[2].partition("--- stderr")[0])
    assert list(document) == snapshot(['schema', 'id', 'task', 'status', 'input', 'output', 'error', 'console', 'console_dropped', 'progress', 'requests', 'created_at', 'started_at', 'finished_at', 'duration_ms', 'queued_ms', 'limits', 'used', 'engine', 'attempt', 'job_id', 'schedule_id', 'parent_id', 'recording'])
    assert document["task"].pop("digest").startswith("sha256:")
    shown = ("schema", "task", "status", "input", "output", "error", "progress", "requests", "attempt", "recording")
    assert {key: document[key] for key in shown} == snapshot({'schema': 'ratchet.execution/1', 'task': {'name': 'total', 'version': '1.2.3', 'source': 'total'}, 'status': 'completed', 'input': {'name': 'x'}, 'output': {'got': {'name': 'x'}}, 'error': None, 'progress': None, 'requests': [], 'attempt': 1, 'recording': None})
    assert [(line["level"], line["text"]) for line in document["console"]] == [("info", "on it")]


def test_json_of_a_failed_run_holds_the_error_and_keeps_the_exit_code(ratchet: Command, make_task: MakeTask) -> None:
    make_task('() => {\n  throw new HttpError(404, "gone", { cause: new Error("why") });\n}\n')
    reply = ratchet("run-once", "total", "--json")
    assert reply.startswith("exit 1\n--- stdout\n")
    document = json.loads(reply.partition("--- stdout\n")[2])
    assert (document["status"], document["output"]) == ("failed", None)
    assert document["error"] == snapshot({'code': 'script_error', 'name': 'HttpError', 'message': 'gone', 'file': 'total/main.js', 'line': 2, 'column': 3, 'status': 404, 'stack': '    at <anonymous> (main.js:2:49)', 'hint': None, 'details': {'cause': 'Error: why'}})
