"""The reports of `ratchet test` that other programs read."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask


@pytest.fixture
def written(ratchet: Command, make_task: MakeTask, folder: Path) -> dict[str, str]:
    """Return the reports on a suite with a case of every kind, their times as 0, and the printed one."""
    files = {
        "tests/a.json": '{"name": "fine # 1", "expected_output": {"total": 1}}',
        "tests/b.json": '{"name": "wrong \\u0007 <&>", "expected_output": {"total": 2}}',
        "tests/c.json": '{"name": "later", "skip": "not yet", "expected_output": 1}',
        "tests/d.json": '{"nmae": 1}',
    }
    make_task("() => { console.log('\\u0001 hi'); return { total: 1 } }\n", files=files)
    make_task(name="gone", files={"main.js": None})
    reports = ["--report-junit", "r.xml", "--report-tap", "r.tap", "--report-json", "r.json"]
    printed = ratchet("test", "total", "gone", "--json", *reports)
    texts = {name: (folder / name).read_text("utf-8") for name in ("r.xml", "r.tap", "r.json")}
    texts["r.xml"] = re.sub(r'time="[0-9.]+"', 'time="0"', texts["r.xml"])
    return {**texts, "printed": printed}


def test_junit_is_xml_that_any_parser_reads(written: dict[str, str]) -> None:
    root = ElementTree.fromstring(written["r.xml"])
    assert root.attrib == {"tests": "5", "failures": "1", "errors": "2", "skipped": "1", "time": "0"}
    assert written["r.xml"] == snapshot("""\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="1" errors="2" skipped="1" time="0">
  <testsuite tests="4" failures="1" errors="1" skipped="1" name="total" time="0">
    <testcase classname="total" name="fine # 1" time="0" file="total/tests/a.json" line="1" />
    <testcase classname="total" name="wrong � &lt;&amp;&gt;" time="0" file="total/tests/b.json" line="1">
      <failure message="The output differs at `/total`: expected `2`, got `1`" type="output">The output differs at `/total`: expected `2`, got `1`
  --&gt; total/tests/b.json:1:59
  /total
  - 2
  + 1</failure>
      <system-out>log: � hi</system-out>
    </testcase>
    <testcase classname="total" name="later" time="0" file="total/tests/c.json" line="1">
      <skipped message="not yet" />
    </testcase>
    <testcase classname="total" name="loads">
      <error message="A case has no key `nmae`">total/tests/d.json:1:2: A case has no key `nmae`</error>
    </testcase>
  </testsuite>
  <testsuite tests="1" failures="0" errors="1" skipped="0" name="gone" time="0">
    <testcase classname="gone" name="loads">
      <error message="The task has no entry point">gone: The task has no entry point</error>
    </testcase>
  </testsuite>
</testsuites>
""")  # noqa: E501


def test_tap_is_of_version_14(written: dict[str, str]) -> None:
    assert written["r.tap"] == snapshot("""\
TAP version 14
1..5
ok 1 - total: fine \\# 1
not ok 2 - total: wrong   <&>
  ---
  message: "The output differs at `/total`: expected `2`, got `1`"
  severity: "fail"
  cause: "output"
  at: "total/tests/b.json:1:59"
  pointer: "/total"
  expected: 2
  actual: 1
  ...
ok 3 - total: later # SKIP not yet
not ok 4 - total: loads
  ---
  message: "A case has no key `nmae`"
  severity: "fail"
  at: "total/tests/d.json:1:2"
  ...
not ok 5 - gone: loads
  ---
  message: "The task has no entry point"
  severity: "fail"
  at: "gone"
  ...
""")


def test_json_is_what_is_printed(written: dict[str, str]) -> None:
    assert written["printed"] == f"exit 3\n--- stdout\n{written['r.json']}"
    report = json.loads(written["r.json"])
    (failed,) = [case for case in report["cases"] if case["status"] == "failed"]
    assert failed.pop("execution")["output"] == {"total": 1}
    assert failed.pop("duration_ms") >= 0
    assert failed == snapshot(
        {
            "task": "total",
            "name": "wrong \x07 <&>",
            "file": "total/tests/b.json",
            "line": 1,
            "status": "failed",
            "skip": None,
            "runs": 1,
            "failures": 1,
            "reasons": [
                {
                    "cause": "output",
                    "severity": "error",
                    "message": "The output differs at `/total`: expected `2`, got `1`",
                    "file": "total/tests/b.json",
                    "line": 1,
                    "column": 59,
                    "text": '{"name": "wrong \\u0007 <&>", "expected_output": {"total": 2}}',
                    "pointer": "/total",
                    "hint": None,
                    "differences": [{"pointer": "/total", "change": "value", "expected": 2, "actual": 1}],
                }
            ],
        }
    )
    assert {key: report[key] for key in ("passed", "failed", "flaky", "skipped", "updated", "broken")} == snapshot(
        {"passed": 1, "failed": 1, "flaky": 0, "skipped": 1, "updated": 0, "broken": 2}
    )
    assert [task["problems"][0]["message"] for task in report["tasks"]] == snapshot(
        ["A case has no key `nmae`", "The task has no entry point"]
    )


def test_a_report_that_cannot_be_written_is_refused_first(ratchet: Command, make_task: MakeTask) -> None:
    make_task("() => { throw new Error('ran') }\n", files={"tests/a.json": "{}"})
    assert ratchet("test", "total", "--report-tap", "no/such.tap") == snapshot("""\
exit 3
--- stderr
Error: `no/such.tap` cannot be written: No such file or directory
Hint: Name a file in a folder that is there and can be written
""")
