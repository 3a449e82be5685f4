"""`ratchet test --mutate`: cases that stay green while the task is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask
from tests.cli.vacuous_tasks import PLANTED


def write(make_task: MakeTask, name: str, source: str, cases: list[dict[str, Any]], **options: Any) -> Path:
    """Write a task with cases and return its folder."""
    files = {"input.schema.json": None, "output.schema.json": None, **options.pop("files", {})}
    task = make_task(source, name=name, files=files, **options)
    (task / "tests").mkdir()
    for number, case in enumerate(cases):
        (task / "tests" / f"{number}.json").write_text(json.dumps(case))
    return task


def timeless(reply: str) -> str:
    return re.sub(r"in \d+\.\d s", "in T s", reply)


def mutants(reply: str) -> dict[str, dict[str, Any]]:
    """Return what came of the mutants, by the task."""
    document = json.loads(reply.partition("--- stdout\n")[2].partition("--- stderr")[0])
    return {mutation["task"]: mutation for mutation in document["mutants"]}


@pytest.mark.parametrize("sound", [False, True])
def test_weak_cases_are_told_from_sound_ones(ratchet: Command, make_task: MakeTask, sound: bool) -> None:
    for name, planted in PLANTED.items():
        files: dict[str, str | None] = {**planted.files}
        if planted.entrypoint != "main.js":
            files |= {"main.js": None, planted.entrypoint: planted.source}
        write(make_task, name, planted.source, planted.sound if sound else planted.weak, files=files)
    found = mutants(ratchet("test", ".", "--mutate", "--json"))
    assert len(found) == len(PLANTED) == 20
    told = {Path(task).name: [one["message"] for one in mutation["unnoticed"]] for task, mutation in found.items()}
    assert {name: messages for name, messages in told.items() if bool(messages) == sound} == {}


def test_unnoticed_mutants_are_shown_where_they_are(ratchet: Command, make_task: MakeTask) -> None:
    source = "function main({ a, b }) {\n  return {\n    sum: a + b,\n  };\n}\n"
    case = {"input": {"a": 2, "b": 3}, "assertions": [{"path": "sum", "operator": "gt", "expected": -9}]}
    write(make_task, "weak", source, [case])
    write(make_task, "sound", source, [{"input": {"a": 2, "b": 3}, "expected_output": {"sum": 5}}])
    assert timeless(ratchet("test", ".", "--mutate")) == snapshot("""\
exit 1
--- stdout
ok      sound: 0
ok      weak: 0
ok      sound: 3 mutants, 3 noticed
vacuous weak: 4 mutants, 2 noticed, 2 unnoticed
error: The case stays green with another output
  --> weak/tests/0.json:1:1
   |
 1 | {"input": {"a": 2, "b": 3}, "assertions": [{"path": "sum", "operator": "gt", "expected": -9}]}
   | ^
  - {"sum": 5}
  + {"sum": 6}
error: Every case stays green with `-` in place of `+`
  --> weak/main.js:3:12
   |
 3 |     sum: a + b,
   |            ^
  - sum: a + b,
  + sum: a - b,
--- stderr
2 passed, 1 task vacuous in T s
""")


def test_mock_that_a_case_does_not_look_at_is_shown(ratchet: Command, make_task: MakeTask) -> None:
    fetched = "const { name, n } = await (await fetch('https://a.example/')).json();"
    source = f"async () => {{\n  {fetched}\n  return {{ name, n }};\n}}"
    mock = {"url": "https://a.example/", "response": {"n": 5, "name": "nut"}}
    assertions = [{"path": "name", "operator": "equals", "expected": "nut"}]
    write(make_task, "total", source, [{"mock": {"http": mock}, "assertions": assertions}])
    found = mutants(ratchet("test", "total", "--mutate", "--json"))["total"]
    told = [(one["message"], one["before"], one["after"]) for one in found["unnoticed"]]
    assert sorted(told) == snapshot(
        [
            (
                "Every case stays green with `n: undefined` in place of `n`",
                "return { name, n };",
                "return { name, n: undefined };",
            ),
            ('The case stays green with `"5"` in place of `/n` in mock 1', "/n: 5", '/n: "5"'),
            ("The case stays green without `/n` in mock 1", "/n: 5", "nothing"),
        ]
    )


def test_reports_for_ci_show_which_tasks_notice_their_mutants(
    ratchet: Command, make_task: MakeTask, folder: Path
) -> None:
    source = "function main({ a, b }) {\n  return {\n    sum: a + b,\n  };\n}\n"
    case = {"input": {"a": 2, "b": 3}, "assertions": [{"path": "sum", "operator": "gt", "expected": -9}]}
    write(make_task, "weak", source, [case])
    write(make_task, "sound", source, [{"input": {"a": 2, "b": 3}, "expected_output": {"sum": 5}}])
    reports = ("--report-junit", "junit.xml", "--report-tap", "report.tap")
    assert ratchet("test", ".", "--mutate", *reports).startswith("exit 1\n")
    assert (folder / "report.tap").read_text() == snapshot("""\
TAP version 14
1..4
ok 1 - sound: 0
ok 2 - weak: 0
ok 3 - sound: notices mutants
not ok 4 - weak: notices mutants
  ---
  message: "The case stays green with another output"
  severity: "fail"
  at: "weak/tests/0.json:1:1"
  ...
""")
    document = re.sub(r' time="[^"]*"', "", (folder / "junit.xml").read_text())
    assert document.replace('">weak/', '">\nweak/') == snapshot("""\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="4" failures="1" errors="0" skipped="0">
  <testsuite tests="2" failures="0" errors="0" skipped="0" name="sound">
    <testcase classname="sound" name="0" file="sound/tests/0.json" line="1" />
    <testcase classname="sound" name="notices mutants" />
  </testsuite>
  <testsuite tests="2" failures="1" errors="0" skipped="0" name="weak">
    <testcase classname="weak" name="0" file="weak/tests/0.json" line="1" />
    <testcase classname="weak" name="notices mutants">
      <failure message="The case stays green with another output">
weak/tests/0.json:1:1: The case stays green with another output
weak/main.js:3:12: Every case stays green with `-` in place of `+`</failure>
    </testcase>
  </testsuite>
</testsuites>
""")


def test_same_mutants_come_again(ratchet: Command, make_task: MakeTask) -> None:
    write(make_task, "total", PLANTED["not-equal"].source, PLANTED["not-equal"].weak)
    first, second = (mutants(ratchet("test", "--mutate", "--json")) for _ in range(2))
    assert first == second


def test_failing_cases_have_no_mutants(ratchet: Command, make_task: MakeTask) -> None:
    write(make_task, "total", "() => 1", [{"expected_output": 2}])
    assert "mutants" not in ratchet("test", "--mutate", "--json")


def test_mutants_do_not_go_to_the_network(ratchet: Command) -> None:
    assert ratchet("test", "--mutate", "--live") == snapshot("""\
exit 2
--- stderr
Error: `--mutate` goes with mocks, not with `--live`
Hint: `ratchet test --help` lists what it takes
""")


def test_endless_mutant_is_stopped_and_noticed(ratchet: Command, make_task: MakeTask) -> None:
    source = "({ n }) => { let rounds = 0; while (n > 0) { n -= 1; rounds += 1; } return rounds; }"
    write(make_task, "total", source, [{"input": {"n": 3}, "expected_output": 3}])
    found = mutants(ratchet("test", "total", "--mutate", "--json"))["total"]
    assert (found["noticed"], found["unnoticed"]) == snapshot((9, []))
