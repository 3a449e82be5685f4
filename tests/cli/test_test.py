"""`ratchet test`: the cases of tasks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask
from tests.gateway.http_server import HttpServer

CLIENT = """\
async function main({ id, name = 'x' }) {
  const found = await fetch(`https://api.example/items/${id}?full=1&lang=en`);
  if (!found.ok) return { status: found.status };
  const item = await found.json();
  const log = { method: 'POST', headers: { 'x-by': name }, body: { id, n: item.n } };
  const made = await fetch('https://api.example/log', log);
  return { n: item.n, logged: made.status };
}
"""
ITEM = {"url": "https://api.example/items/7?lang=en&full=1", "method": "GET", "response": {"n": 5}}
LOG = {
    "url": "https://api.example/log",
    "method": "POST",
    "headers": {"X-By": "x"},
    "body": {"id": 7, "n": 5},
    "response": {"status": 201, "body": ""},
}
GOOD: dict[str, Any] = {
    "input": {"id": 7},
    "mock": {"http": [ITEM, LOG]},
    "expected_output": {"n": 5, "logged": 201},
}


@pytest.fixture
def write(folder: Path, make_task: MakeTask) -> Any:
    """Return a function that writes a task with cases and returns its folder."""

    def make(cases: dict[str, Any], source: str = CLIENT) -> Path:
        task = make_task(source, files={"input.schema.json": None, "output.schema.json": None})
        (task / "tests").mkdir()
        for name, case in cases.items():
            (task / "tests" / f"{name}.json").write_text(case if isinstance(case, str) else json.dumps(case, indent=2))
        return task

    return make


def timeless(reply: str) -> str:
    return re.sub(r"in \d+\.\d s", "in T s", reply)


def changed(base: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a case with another value at a dotted path."""
    case: dict[str, Any] = json.loads(json.dumps(base))
    *steps, last = path.split(".")
    part: Any = case
    for step in steps:
        part = part[int(step) if step.isdigit() else step]
    if value is None:
        del part[int(last) if last.isdigit() else last]
    else:
        part[last] = value
    return case


def test_cases_that_hold_pass(ratchet: Command, write: Any) -> None:
    write({"a": GOOD, "b": {**GOOD, "name": "Named"}})
    assert timeless(ratchet("test", "total")) == snapshot("""\
exit 0
--- stdout
ok      total: a
ok      total: Named
--- stderr
2 passed in T s
""")


MISTAKES: dict[str, tuple[str, Any, str]] = {
    "wrong output": ("expected_output.n", 6, "/n"),
    "missing output": ("expected_output.more", 1, "/more"),
    "output too many": ("expected_output.logged", None, "/logged"),
    "output of another type": ("expected_output.n", "5", "/n"),
    "wrong host": ("mock.http.0.url", "https://other.example/items/7?lang=en&full=1", "url differs"),
    "wrong path": ("mock.http.0.url", "https://api.example/items/8?lang=en&full=1", "url differs"),
    "wrong query": ("mock.http.0.url", "https://api.example/items/7?lang=de&full=1", "query differs"),
    "query too few": ("mock.http.0.url", "https://api.example/items/7?lang=en", "query differs"),
    "wrong scheme": ("mock.http.0.url", "http://api.example/items/7?lang=en&full=1", "url differs"),
    "wrong method": ("mock.http.0.method", "PUT", "method differs"),
    "wrong method of the second": ("mock.http.1.method", "PATCH", "method differs"),
    "wrong header": ("mock.http.1.headers.X-By", "y", "header differs at `x-by`"),
    "header not sent": ("mock.http.1.headers.X-Not", "y", "header differs at `x-not`"),
    "wrong body field": ("mock.http.1.body.n", 6, "body differs at `/n`"),
    "body field too many": ("mock.http.1.body.more", 6, "body differs at `/more`"),
    "body field missing": ("mock.http.1.body.id", None, "body differs at `/id`"),
    "body of another type": ("mock.http.1.body.id", "7", "body differs at `/id`"),
    "another answer": ("mock.http.0.response.n", 6, "body differs at `/n`"),
    "an answer of another type": ("mock.http.0.response.n", "5", "body differs at `/n`"),
    "a bad status": ("mock.http.0.response", {"status": 404, "body": ""}, "was never asked for"),
    "a failing network": ("mock.http.0.error", "timeout", "has a `response` and an `error`"),
    "another status": ("mock.http.1.response.status", 202, "/logged"),
    "a dropped mock": ("mock.http.1", None, "No mock answers"),
    "no mock at all": ("mock", None, "There is no mock at all"),
    "too many times": ("mock.http.1.times", 2, "was asked for less than 2 times"),
    "wrong input": ("input.id", 8, "url differs"),
    "an expected error": ("expected_error", "no", "expects an output and an error"),
    "a wrong assertion": ("assertions", [{"path": "n", "operator": "gt", "expected": 5}], "n"),
    "an unknown operator": ("assertions", [{"path": "n", "operator": "eqals", "expected": 5}], "equals"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_seeded_mistakes_fail_and_say_where(ratchet: Command, write: Any, mistake: str) -> None:
    path, value, where = MISTAKES[mistake]
    write({"a": changed(GOOD, path, value)})
    reply = ratchet("test", "total")
    assert reply.startswith(("exit 1\n", "exit 3\n")), reply
    assert where in reply


def test_order_counts_where_the_case_says_so(ratchet: Command, write: Any) -> None:
    case = {**GOOD, "mock": {"http": [LOG, ITEM]}}
    write({"a": case})
    assert ratchet("test", "total").startswith("exit 0\n")
    write_again = json.dumps({**case, "ordered": True})
    Path("total/tests/a.json").write_text(write_again)
    reply = ratchet("test", "total")
    assert reply.startswith("exit 1\n")
    assert "The next in order is mock 1" in reply


def test_request_that_nothing_answers_fails_a_case_that_catches_it(ratchet: Command, write: Any) -> None:
    source = "async () => { try { await fetch('https://x.example/') } catch { return 1 } }\n"
    write({"a": {"expected_output": 1}, "b": {"should_fail": True}}, source)
    assert timeless(ratchet("test", "total")) == snapshot("""\
exit 1
--- stdout
failed  total: a
error: No mock answers `GET https://x.example/`
  --> total/tests/a.json:1:1
   |
 1 | {
   | ^
  = hint: There is no mock at all
failed  total: b
error: No mock answers `GET https://x.example/`
  --> total/tests/b.json:1:1
   |
 1 | {
   | ^
  = hint: There is no mock at all
error: The task was to fail, and completed with `1`
  --> total/tests/b.json:2:18
   |
 2 |   "should_fail": true
   |                  ^
--- stderr
2 failed in T s
""")
    Path("total/tests/a.json").write_text('{"expected_output": 1, "strict": false}')
    assert "ok      total: a" in ratchet("test", "total", "--filter", "a")


def test_clock_and_chance_are_the_cases(ratchet: Command, write: Any) -> None:
    source = "async () => { await new Promise((d) => setTimeout(d, 60000)); return [Date.now(), Math.random()] }\n"
    write({"a": {"clock": "2026-03-01T12:00:00Z", "random_seed": 1, "expected_output": []}}, source)
    assert ratchet("test", "total", "--update").startswith("exit 0\n")
    updated = json.loads(Path("total/tests/a.json").read_text())
    assert updated["expected_output"][0] == 1772366400000 + 60000
    assert ratchet("test", "total", "--repeat", "3").startswith("exit 0\n")


def test_reports_are_written_beside_what_is_shown(ratchet: Command, write: Any, folder: Path) -> None:
    write({"a": GOOD, "b": changed(GOOD, "expected_output.n", 6), "c": {**GOOD, "skip": "later"}})
    reply = ratchet("test", "total", "--report-junit", "j.xml", "--report-tap", "t.tap", "--report-json", "r.json")
    assert reply.startswith("exit 1\n")
    suite = ElementTree.fromstring((folder / "j.xml").read_text())
    cases = list(suite.iter("testcase"))
    assert [(case.get("name"), [child.tag for child in case]) for case in cases] == [
        ("a", []),
        ("b", ["failure"]),
        ("c", ["skipped"]),
    ]
    tap = (folder / "t.tap").read_text().splitlines()
    assert [line for line in tap if line.startswith(("ok", "not ok", "1.."))][-4:] != []
    assert sum(line.startswith("not ok") for line in tap) == 1
    report = json.loads((folder / "r.json").read_text())
    assert json.loads(ratchet("test", "total", "--json").partition("--- stdout\n")[2]).keys() == report.keys()


def test_exit_codes_tell_what_happened(
    ratchet: Command, write: Any, make_task: MakeTask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write({"a": {**GOOD, "only": True}, "b": changed(GOOD, "expected_output.n", 6)})
    monkeypatch.delenv("CI", raising=False)
    assert ratchet("test", "total").startswith("exit 0\n")
    monkeypatch.setenv("CI", "true")
    assert ratchet("test", "total").startswith("exit 1\n")
    make_task("() => 1\n", name="bare")
    assert ratchet("test", "bare").startswith("exit 5\n")
    make_task("() => {\n", name="broken")
    (folder / "broken" / "tests").mkdir()
    (folder / "broken" / "tests" / "a.json").write_text('{"expected_output": 1}')
    assert ratchet("test", "broken").startswith("exit 3\n")
    assert ratchet("test", "nowhere").startswith("exit 3\n")


def test_unknown_keys_and_broken_cases_are_named_with_their_place(ratchet: Command, write: Any) -> None:
    write({"a": {"expected_outptu": 1}, "b": "{", "c": {"mock": {"http": {"url": "/(/"}}, "expected_output": 1}})
    reply = ratchet("test", "total")
    assert reply.startswith("exit 3\n")
    assert "Did you mean `expected_output`?" in reply
    assert "total/tests/b.json:1:2" in reply
    assert "is not a regular expression that can be used" in reply


def test_recording_answers_a_case(ratchet: Command, write: Any, make_task: MakeTask) -> None:
    write(
        {},
        "async () => [await fetch('http://127.0.0.1:1/').catch((e) => e.message), Math.random()]\n",
    )
    ratchet("run-once", "total", "--record", "total/tests/one.ratchet")
    Path("total/tests/a.json").write_text('{"recording": "one.ratchet", "expected_output": []}')
    assert ratchet("test", "total", "--update").startswith("exit 0\n")
    assert ratchet("test", "total").startswith("exit 0\n")
    Path("total/main.js").write_text("() => ['gone', 1]\n")
    assert "was never asked for" in ratchet("test", "total")
    Path("total/tests/a.json").write_text('{"recording": "../../x", "expected_output": []}')
    assert "is outside the task" in ratchet("test", "total")


def test_flaky_cases_are_named(ratchet: Command, write: Any) -> None:
    write({"a": {"expected_output": True}}, "() => Math.random() < 0.5\n")
    reply = ratchet("test", "total", "--repeat", "40")
    assert reply.startswith("exit 1\n")
    assert "flaky   total: a" in reply


def test_called_tasks_find_the_mocks_too(ratchet: Command, write: Any, make_task: MakeTask) -> None:
    make_task("async () => (await fetch('https://x.example/')).json()\n", name="asks")
    task = write({"a": {"mock": {"http": {"url": "https://x.example/", "response": 5}}, "expected_output": 5}})
    (task / "main.js").write_text("export default (input, { call }) => call('asks', {})\n")
    metadata = json.loads((task / "metadata.json").read_text())
    (task / "metadata.json").write_text(json.dumps({**metadata, "permissions": {"tasks": ["asks"]}}))
    assert ratchet("test", "total").startswith("exit 0\n")


def test_recording_stands_for_called_tasks_and_context(ratchet: Command, write: Any, make_task: MakeTask) -> None:
    make_task("() => Math.random()\n", name="asks")
    source = "export default async (input, { call, executionId }) => [await call('asks', {}), executionId]\n"
    task = write({}, source)
    metadata = json.loads((task / "metadata.json").read_text())
    (task / "metadata.json").write_text(json.dumps({**metadata, "permissions": {"tasks": ["asks"]}}))
    reply = ratchet("run-once", "total", "--record", "total/tests/one.ratchet")
    output = json.loads(reply.splitlines()[2])
    (task / "tests" / "a.json").write_text(json.dumps({"recording": "one.ratchet", "expected_output": output}))
    assert ratchet("test", "total").startswith("exit 0\n")


RECORDED_MISTAKES = {
    "reordered": (["b", "a"], "The next in order is recorded request 1: its url differs"),
    "dropped": (["a"], "Recorded request 2, `GET http://127.0.0.1:1/b`, was never asked for"),
    "added": (["a", "b", "c"], "There is no mock left"),
    "changed": (["a", "c"], "The next in order is recorded request 2: its url differs"),
}


@pytest.mark.parametrize("mistake", RECORDED_MISTAKES)
def test_seeded_mistakes_against_a_recording_fail(ratchet: Command, write: Any, mistake: str) -> None:
    source = """export default async () => {
  for (const name of ["a", "b"]) await fetch(`http://127.0.0.1:1/${name}`).catch(() => null);
  return 1;
};
"""
    task = write({}, source)
    ratchet("run-once", "total", "--record", "total/tests/one.ratchet")
    (task / "tests" / "a.json").write_text('{"recording": "one.ratchet", "expected_output": 1}')
    assert ratchet("test", "total").startswith("exit 0\n")
    names, where = RECORDED_MISTAKES[mistake]
    (task / "main.js").write_text(source.replace('["a", "b"]', json.dumps(names)))
    reply = ratchet("test", "total")
    assert reply.startswith("exit 1\n")
    assert where in reply


def test_broken_tasks_and_cases_hide_no_other(ratchet: Command, make_task: MakeTask) -> None:
    good, bad = '{"expected_output": {"total": 1}}', '{"nmae": 1, "clock": "noon", "expected_output": 1}'
    make_task("(input) => {\n", name="all/broken", files={"tests/a.json": good, "tests/b.json": good})
    make_task(name="all/unloadable", files={"main.js": None})
    make_task(name="all/whole", files={"tests/a.json": good, "tests/b.json": bad})
    assert timeless(ratchet("test", "all")) == snapshot("""\
exit 3
--- stdout
broken  all/unloadable: 1 problem
error: The task has no entry point
  --> all/unloadable
  = hint: Add one of `main.js`, `main.mjs`, `main.ts`, `task.js`, or name the file as `entrypoint` in the metadata
broken  all/whole: 2 problems
error: A case has no key `nmae`
  --> all/whole/tests/b.json:1:2
   |
 1 | {"nmae": 1, "clock": "noon", "expected_output": 1}
   |  ^
  = hint: Did you mean `name`?
error: `clock` is neither a time from 1970 to 9999 nor milliseconds since 1970, nor readings of such
  --> all/whole/tests/b.json:1:22
   |
 1 | {"nmae": 1, "clock": "noon", "expected_output": 1}
   |                      ^
  = hint: Write `"2026-03-01T12:00:00Z"`
broken  all/broken: 1 problem
error: Syntax error: Unexpected end of the file
  --> all/broken/main.js:2:1
   |
 2 |
   | ^
ok      all/whole: a
--- stderr
1 passed, 3 tasks broken in T s
""")


def test_an_error_that_is_expected_is_compared_key_by_key(ratchet: Command, write: Any) -> None:
    source = "() => { throw Object.assign(new RateLimitError('too many'), { code: 'slow_down' }) }\n"
    expected: dict[str, Any] = {
        "text": "too many",
        "all": {"name": "RateLimitError", "message": "many", "code": "slow_down", "status": 429},
        "tree": {"code": "script_error"},
        "wrong": {"name": "HttpError", "message": "few", "code": "other", "status": 500},
    }
    write({name: {"expected_error": error} for name, error in expected.items()}, source)
    assert timeless(ratchet("test", "total")) == snapshot("""\
exit 1
--- stdout
ok      total: all
ok      total: text
ok      total: tree
failed  total: wrong
error: The name of the error is not `"HttpError"`: it is `"RateLimitError"`
  --> total/tests/wrong.json:3:13
   |
 3 |     "name": "HttpError",
   |             ^
  = hint: The task threw `RateLimitError: too many`
error: The message of the error does not contain `"few"`: it is `"too many"`
  --> total/tests/wrong.json:4:16
   |
 4 |     "message": "few",
   |                ^
error: The code of the error is not `"other"`: it is `"slow_down"`
  --> total/tests/wrong.json:5:13
   |
 5 |     "code": "other",
   |             ^
  = hint: The task threw `RateLimitError: too many`
error: The status of the error is not `500`: it is `429`
  --> total/tests/wrong.json:6:15
   |
 6 |     "status": 500
   |               ^
  = hint: The task threw `RateLimitError: too many`
--- stderr
3 passed, 1 failed in T s
""")


def test_an_empty_suite_is_not_green(ratchet: Command, make_task: MakeTask) -> None:
    make_task(files={"tests/a.json": '{"expected_output": 1, "skip": "Not today"}'})
    assert timeless(ratchet("test", "total")) == snapshot("""\
exit 5
--- stdout
skipped total: a (Not today)
--- stderr
1 skipped in T s
Error: Every case is skipped
Hint: Take `skip` out of one of them
""")
    assert timeless(ratchet("test", "total", "--filter", "/no(thing)?$/")) == snapshot("""\
exit 5
--- stderr
1 left out in T s
Error: No case fits
Hint: Leave `--filter` out to run all of them
""")
    assert ratchet("test", "total", "--filter", "/(/") == snapshot("""\
exit 2
--- stderr
Error: `--filter /(/` is not a regular expression: missing ), unterminated subpattern at position 0
Hint: `ratchet test --help` lists what it takes
""")


def test_fail_fast_ends_early(ratchet: Command, write: Any) -> None:
    write({name: {"expected_output": name == "a"} for name in "abcd"}, "() => true\n")
    assert "1 passed, 1 failed, 2 left out in" in ratchet("test", "total", "--fail-fast", "-j", "1")
    assert ratchet("test", "-j", "0").startswith("exit 2\n")


def test_github_shows_failures_beside_their_lines(
    ratchet: Command, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    write({"a": {"expected_output": 5}}, "() => 4\n")
    assert "::error file=total/tests/a.json,line=2,col=22::The output differs: expected" in ratchet("test", "total")
    assert "::error" not in ratchet("test", "total", "--json")


def test_validate_reports_the_problems_of_cases(ratchet: Command, make_task: MakeTask) -> None:
    make_task(files={"tests/a.json": '{ "expected_ouput": 1, "expected": 2 }'})
    assert ratchet("validate", "total") == snapshot("""\
exit 3
--- stdout
total: 1 problem
error: A case has no key `expected_ouput`
  --> total/tests/a.json:1:3
   |
 1 | { "expected_ouput": 1, "expected": 2 }
   |   ^
  = hint: Did you mean `expected_output`?
--- stderr
0 valid, 1 not
""")


def test_cases_run_on_the_engine_of_the_configuration(ratchet: Command, write: Any, folder: Path) -> None:
    (folder / "ratchet.yaml").write_text("execution: {engine: wasm}\n")
    write({"a": {"expected_output": 2}}, "() => 1\n")
    (case,) = json.loads(ratchet("test", "total", "--json").partition("--- stdout\n")[2])["cases"]
    assert case["execution"]["engine"]["name"] == "wasm"


def test_tasks_of_sources_are_tested_and_validated_by_name(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    (folder / "ratchet.yaml").write_text("registry:\n  sources:\n    - {name: own, uri: ./own}\n")
    make_task(name="own/total", files={"tests/a.json": '{"expected_output": {"total": 1}}', "tests/b.json": "[]"})
    assert timeless(ratchet("test", "total")).replace(f"{folder}/", "") == snapshot("""\
exit 3
--- stdout
broken  own/total: 1 problem
error: `own/total/tests/b.json` is a list, not an object with a case
  --> own/total/tests/b.json:1:1
ok      own/total: a
--- stderr
1 passed, 1 task broken in T s
""")
    assert ratchet("validate", "total").replace(f"{folder}/", "") == snapshot("""\
exit 3
--- stdout
total: 1 problem
error: `own/total/tests/b.json` is a list, not an object with a case
  --> own/total/tests/b.json:1:1
--- stderr
0 valid, 1 not
""")
    assert "Did you mean" in ratchet("test", "totla")
    assert "is a task of a source, and `--update` changes folders" in ratchet("test", "total", "--update")


@pytest.fixture
def server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpServer]:
    """Start a service that the configuration grants."""
    (folder / "named.yaml").write_text("permissions: {private_networks: [127.0.0.1]}\n")
    monkeypatch.setenv("RATCHET_CONFIG", "named.yaml")
    with HttpServer() as running:
        yield running


def test_only_live_cases_reach_the_network(ratchet: Command, write: Any, server: HttpServer) -> None:
    source = f"async () => (await fetch('{server.url('/bytes/3')}')).text()\n"
    mock = {"http": {"url": server.url("/bytes/3"), "response": "mocked"}}
    write({"a": {"mock": mock, "expected_output": "mocked"}, "b": {"expected_output": "xxx"}}, source)
    reply = ratchet("test", "total")
    assert "ok      total: a\n" in reply
    assert "error: No mock answers" in reply
    assert server.connections == 0
    reply = ratchet("test", "total", "--live")
    assert 'expected `"mocked"`, got `"xxx"`' in reply
    assert "ok      total: b\n" in reply
    assert server.connections > 0
