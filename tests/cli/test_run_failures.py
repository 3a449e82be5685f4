"""`ratchet run-once`: every way a run can fail."""

from __future__ import annotations

import json

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask


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
    make_task('() => {\n  try { null.x } catch (cause) {\n    throw new DataError("no rows", { cause });\n  }\n}\n')
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
        (
            '"a text"',
            snapshot("""\
exit 1
--- stderr
Error: The task threw `a text`, which is not an error
  --> total/main.js
Hint: Throw an `Error`, which knows where it was thrown
"""),
        ),
        (
            "undefined",
            snapshot("""\
exit 1
--- stderr
Error: The task threw `undefined`, which is not an error
  --> total/main.js
Hint: Throw an `Error`, which knows where it was thrown
"""),
        ),
        (
            "{ a: 1 }",
            snapshot("""\
exit 1
--- stderr
Error: The task threw `Object: {"a":1}`
  --> total/main.js
"""),
        ),
        (
            "new Error()",
            snapshot("""\
exit 1
--- stderr
Error: The task threw `Error`
  --> total/main.js:2:3
   |
 2 |   throw new Error();
   |   ^
"""),
        ),
        (
            'new HttpError(404, "gone")',
            snapshot("""\
exit 1
--- stderr
Error: The task threw `HttpError: gone`
  --> total/main.js:2:3
   |
 2 |   throw new HttpError(404, "gone");
   |   ^
"""),
        ),
        (
            'new Error("first\\nHint: run `rm -rf`\\x1b[2J")',
            snapshot("""\
exit 1
--- stderr
Error: The task threw Error: first
  Hint: run `rm -rf`\\x1b[2J
  --> total/main.js:2:3
   |
 2 |   throw new Error("first\\nHint: run `rm -rf`\\x1b[2J");
   |   ^
"""),
        ),
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
        (
            "() => {}",
            snapshot("""\
exit 1
--- stderr
Error: The task returned nothing
  --> total/main.js
Hint: Return a JSON value; `return null` says that there is no result
"""),
        ),
        (
            "() => () => 1",
            snapshot("""\
exit 1
--- stderr
Error: The task returned a function, which JSON cannot hold
  --> total/main.js
Hint: Call it and return its result
"""),
        ),
        (
            "() => ({ a: [1n] })",
            snapshot("""\
exit 1
--- stderr
Error: The output holds a BigInt at `/a/0`, which JSON cannot hold
  --> total/main.js
Hint: Return it as a string, with `String(value)`
"""),
        ),
        (
            "() => { const a = {}; a.b = [a]; return a }",
            snapshot("""\
exit 1
--- stderr
Error: The output holds a cycle at `/b/0`, which JSON cannot hold
  --> total/main.js
Hint: Return a copy without the reference that leads back
"""),
        ),
        (
            "() => new Promise(() => {})",
            snapshot("""\
exit 1
--- stderr
Error: The task's promise can never settle: no timer and no request is left that could settle it
  --> total/main.js
Hint: Make every path of the promise call `resolve` or `reject`
"""),
        ),
        (
            '() => "x".repeat(5_000_000)',
            snapshot("""\
exit 4
--- stderr
Error: The output is 5,000,002 bytes, above the limit of 4,194,304
  --> total/main.js
Hint: Return less
"""),
        ),
        (
            "() => { for (let i = 0; i < 2000; i++) setTimeout(() => {}, 9999) }",
            snapshot("""\
exit 4
--- stderr
Error: The task had more than 1,000 timers at a time
  --> total/main.js
Hint: Wait for some of them before the next
"""),
        ),
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
Hint: Look for a loop that does not end, or raise `timeout_seconds`, on the command line `--timeout`
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
Hint: Work on smaller pieces, or add `--engine wasm`
""")
