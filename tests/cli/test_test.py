"""`ratchet test`: the cases of tasks."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask

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
