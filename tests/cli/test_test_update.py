"""`ratchet test --update`: the file keeps its form, and only outputs are written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from ratchet.task.contents import parse_file
from tests.cli.conftest import Command, MakeTask

OUTPUT = {"total": 4, "rows": [{"n": 1}], "text": "yes", "none": None}
SOURCE = f"() => ({json.dumps(OUTPUT)})\n"

FORMS = {
    "scalars.json": '{ "expected_output": {"total":  5, "rows": [{"n": 3}], "text": "yes", "none": 0} }',
    "line.json": '{ "expected": { "total": 4 }, "name": "é" }\n',
    "indented.json": '{\n\t"expected": {\n\t\t"total": 1,\n\t\t"more": []\n\t},\n\t"input": {}\n}\n',
    "whole.json": '{"expected_output": null}',
    "scalars.yaml": (
        "# Kept.\nexpected_output:\n  total: 5 # four\n  rows: [{ n: 1 }]\n  text: |\n    no\n  none: ~\n"
    ),
    "block.yaml": "expected_output:\n  total: 4\n  # gone\n  rows:\n    - n: 1\n# Kept.\ninput: {}\n",
    "flow.yaml": "expected: { total: 5 } # kept\ninput: {}\n",
}
UPDATED = snapshot(
    {
        "scalars.json": '{ "expected_output": {"total":  4, "rows": [{"n": 1}], "text": "yes", "none": null} }',
        "line.json": '{ "expected": { "total": 4, "rows": [{"n": 1}], "text": "yes", "none": null }, "name": "é" }\n',
        "indented.json": """\
{
	"expected": {
		"total": 4,
		"rows": [
			{
				"n": 1
			}
		],
		"text": "yes",
		"none": null
	},
	"input": {}
}
""",
        "whole.json": '{"expected_output": {"total": 4, "rows": [{"n": 1}], "text": "yes", "none": null}}',
        "scalars.yaml": """\
# Kept.
expected_output:
  total: 4 # four
  rows: [{ n: 1 }]
  text: "yes"
  none: ~
""",
        "block.yaml": """\
expected_output:
  total: 4
  rows:
  - n: 1
  text: 'yes'
  none: null
# Kept.
input: {}
""",
        "flow.yaml": """\
expected: {total: 4, rows: [{n: 1}], text: 'yes', none: null} # kept
input: {}
""",
    }
)


def test_files_keep_their_form(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    updated = {}
    for name, text in FORMS.items():
        task = make_task(SOURCE, name="t", files={f"tests/{name}": text})
        assert ratchet("test", "t", "--update").startswith("exit 0\n"), name
        updated[name] = (task / "tests" / name).read_text("utf-8")
        assert ratchet("test", "t", "--update").startswith("exit 0\n--- stdout\nok "), name
        (task / "tests" / name).unlink()
    assert updated == UPDATED


def test_the_change_is_shown_and_counts_as_no_failure(ratchet: Command, make_task: MakeTask) -> None:
    make_task(SOURCE, name="t", files={"tests/a.json": FORMS["scalars.json"] + "\n"})
    reply = re.sub(r"in \d+\.\d s", "in T", ratchet("test", "t", "--update"))
    assert reply == snapshot("""\
exit 0
--- stdout
updated t: a
--- t/tests/a.json
+++ t/tests/a.json
@@ -1 +1 @@
-{ "expected_output": {"total":  5, "rows": [{"n": 3}], "text": "yes", "none": 0} }
+{ "expected_output": {"total":  4, "rows": [{"n": 1}], "text": "yes", "none": null} }
--- stderr
1 updated in T
""")


def test_only_outputs_are_written(ratchet: Command, make_task: MakeTask) -> None:
    files = {
        "tests/asserts.json": '{"expected_output": 1, "assertions": [{"path": "total", "expected": 5}]}',
        "tests/error.json": '{"expected_error": "x"}',
        "tests/unused.json": '{"expected_output": 1, "mock": {"http": {"url": "https://a.example", "response": 1}}}',
    }
    task = make_task(SOURCE, name="t", files=files)
    assert ratchet("test", "t", "--update").startswith("exit 1\n")
    assert {path: (task / path).read_text() for path in files} == files


def test_cases_of_one_file_are_all_written(ratchet: Command, make_task: MakeTask) -> None:
    cases = [{"input": {"name": "a"}, "expected_output": 1}, {"input": {"name": "b"}, "expected_output": {"n": 2}}]
    task = make_task("({ name }) => ({ name, of: [name] })\n", name="t", metadata={"test_cases": cases})
    assert ratchet("test", "t", "--update").startswith("exit 0\n")
    written = json.loads((task / "metadata.json").read_text())["test_cases"]
    assert [case["expected_output"] for case in written] == [{"name": n, "of": [n]} for n in "ab"]


def test_a_file_that_changes_meanwhile_is_left(
    ratchet: Command, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task(SOURCE, name="t", files={"tests/a.json": '{"expected_output": 1}'})

    def parse_and_change(data: bytes, *, path: str) -> object:
        (task / "tests" / "a.json").write_text('{"expected_output": 2}')
        return parse_file(data, path=path)

    monkeypatch.setattr("ratchet.cases.load.parse_file", parse_and_change)
    assert "has changed while its cases ran" in ratchet("test", "t", "--update")
    assert (task / "tests" / "a.json").read_text() == '{"expected_output": 2}'
