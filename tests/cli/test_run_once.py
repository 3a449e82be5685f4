"""`ratchet run-once`: what goes in and what comes out."""

from __future__ import annotations

import json
from pathlib import Path

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
    assert ratchet("run-once", "total", "--output", "out.json") == snapshot("exit 0\n")
    assert (folder / "out.json").read_text(encoding="utf-8") == snapshot("""\
{
  "a": [
    1,
    "é"
  ]
}
""")


def test_an_output_file_that_cannot_be_written_is_refused_before_the_task_runs(
    ratchet: Command, make_task: MakeTask
) -> None:
    make_task('() => { console.log("runs in vain"); return 1 }\n')
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
    assert ratchet("run-once", "total", "--output", "/dev/null") == snapshot("exit 0\n")
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
    assert document["progress"] == snapshot({"fraction": 0.5, "step": "1/2", "message": "half", "data": None})


def test_json_is_the_whole_execution(ratchet: Command, make_task: MakeTask) -> None:
    make_task('(input) => { console.info("on it"); return { got: input } }')
    reply = ratchet("run-once", "total", "--set", "name=x", "--json")
    document = json.loads(reply.partition("--- stdout\n")[2].partition("--- stderr")[0])
    assert list(document) == snapshot(
        [
            "schema",
            "id",
            "task",
            "status",
            "input",
            "output",
            "error",
            "console",
            "console_dropped",
            "progress",
            "requests",
            "created_at",
            "started_at",
            "finished_at",
            "duration_ms",
            "queued_ms",
            "limits",
            "used",
            "engine",
            "attempt",
            "job_id",
            "schedule_id",
            "parent_id",
            "recording",
        ]
    )
    assert document["task"].pop("digest").startswith("sha256:")
    shown = ("schema", "task", "status", "input", "output", "error", "progress", "requests", "attempt", "recording")
    assert {key: document[key] for key in shown} == snapshot(
        {
            "schema": "ratchet.execution/1",
            "task": {"name": "total", "version": "1.2.3", "source": "total"},
            "status": "completed",
            "input": {"name": "x"},
            "output": {"got": {"name": "x"}},
            "error": None,
            "progress": None,
            "requests": [],
            "attempt": 1,
            "recording": None,
        }
    )
    assert [(line["level"], line["text"]) for line in document["console"]] == [("info", "on it")]


def test_json_of_a_failed_run_holds_the_error_and_keeps_the_exit_code(ratchet: Command, make_task: MakeTask) -> None:
    make_task('() => {\n  throw new HttpError(404, "gone", { cause: new Error("why") });\n}\n')
    reply = ratchet("run-once", "total", "--json")
    assert reply.startswith("exit 1\n--- stdout\n")
    document = json.loads(reply.partition("--- stdout\n")[2])
    assert (document["status"], document["output"]) == ("failed", None)
    assert document["error"] == snapshot(
        {
            "code": "script_error",
            "name": "HttpError",
            "message": "gone",
            "file": "total/main.js",
            "line": 2,
            "column": 3,
            "status": 404,
            "stack": "    at <anonymous> (main.js:2:49)",
            "hint": None,
            "details": {"cause": "Error: why"},
        }
    )


def test_json_for_people_cannot_act_on_the_terminal(ratchet: Command, make_task: MakeTask) -> None:
    make_task('() => "\\u009b31m\\u202e\\u007f é"\n')
    reply = ratchet("run-once", "total", "--json").partition("--- stdout\n")[2]
    assert '"output": "\\u009b31m\\u202e\\u007f é"' in reply
    assert json.loads(reply)["output"] == "\x9b31m\u202e\x7f é"
