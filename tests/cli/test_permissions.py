"""What a task needs is told from its source, cases and recordings, written down, and compared with what it declares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask

SOURCE = """const API = "https://api.example.com/v1";
async function main(input, context) {
  await fetch(`${API}/items/${input.id}`);
  await fetch("https://other.example.com:8443/" + input.id, { method: "post", headers: { a: "{{secret:OTHER_KEY}}" } });
  const key = context.secret("API_KEY");
  return context.call("total", { key });
}
main;
"""
CASE = {
    "mock": {"http": [{"url": "https://mock.example.com/*", "method": "PUT", "response": 1}]},
    "expected_output": 1,
}


def infer(ratchet: Command, *options: str) -> Any:
    """Return what is inferred of the task in the folder."""
    return json.loads(
        ratchet("permissions", "infer", "total", "--json", *options).partition("--- stdout\n")[2].partition("---")[0]
    )


def test_what_source_and_mocks_need_is_written_and_the_rest_of_the_metadata_stays(
    ratchet: Command, make_task: MakeTask
) -> None:
    folder = make_task(SOURCE, files={"tests/a.json": json.dumps(CASE)})
    before = (folder / "metadata.json").read_text()
    assert ratchet("permissions", "infer", "total", "--dry-run") == snapshot("""\
exit 0
--- stdout
net: api.example.com, mock.example.com, other.example.com:8443
methods: GET, POST, PUT
secrets: API_KEY, OTHER_KEY
tasks: total
""")
    assert (folder / "metadata.json").read_text() == before
    ratchet("permissions", "infer", "total")
    after = (folder / "metadata.json").read_text()
    assert after.startswith(before.rstrip("}\n"))
    assert after.removeprefix(before.rstrip("}\n")) == snapshot("""\
,
  "permissions": {
    "net": ["api.example.com", "mock.example.com", "other.example.com:8443"],
    "methods": ["GET", "POST", "PUT"],
    "secrets": ["API_KEY", "OTHER_KEY"],
    "tasks": ["total"]
  }
}\
""")
    assert ratchet("permissions", "infer", "total") == "exit 0\n--- stderr\nThe metadata declares just that\n"
    assert ratchet("validate", "total") == "exit 0\n--- stdout\ntotal: ok\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "label: Total\n# why\npermissions:\n  net:\n    - old.example.com  # old\nversion: 1.0.0\n",
            "version: 1.0.0\n",
        ),
        ("label: Total\nversion: 1.0.0 # last\n", "# last\npermissions: "),
        ("permissions: {net: [a.test]}\nlabel: Total # kept\n", "label: Total # kept\n"),
    ],
)
def test_metadata_in_yaml_keeps_its_comments(
    ratchet: Command, make_task: MakeTask, folder: Path, text: str, expected: str
) -> None:
    make_task("() => fetch('https://a.example.com').body", files={"metadata.json": None, "metadata.yaml": text})
    assert ratchet("permissions", "infer", "total").startswith("exit 0\n")
    written = (folder / "total/metadata.yaml").read_text()
    assert '{"net": ["a.example.com"], "methods": ["GET"]}' in written
    assert expected in written


@pytest.mark.parametrize(
    "text",
    [
        '{"label": "Total", "permissions": {"net": ["old.test"], "tasks": []}, "version": "1.0.0"}',
        '{\n    "permissions": {\n        "net": []\n    },\n    "label": "Total"\n}\n',
        '{"label": "Total"}',
    ],
)
def test_metadata_in_json_keeps_its_form(ratchet: Command, make_task: MakeTask, folder: Path, text: str) -> None:
    make_task("() => fetch('https://a.example.com').body", files={"metadata.json": text})
    ratchet("permissions", "infer", "total")
    written = (folder / "total/metadata.json").read_text()
    document = json.loads(written)
    assert document.pop("permissions") == {"net": ["a.example.com"], "methods": ["GET"]}
    assert document == {key: value for key, value in json.loads(text).items() if key != "permissions"}
    assert ("\n    " in written) is ("\n    " in text)


@pytest.mark.parametrize(
    ("source", "net"),
    [
        ("fetch('https://a.test')", ["a.test"]),
        ("fetch('http://a.test:80/x')", ["a.test"]),
        ("fetch(`https://a.test/${input.x}`)", ["a.test"]),
        ("fetch(`https://a.test${input.x}`)", None),
        ("fetch('https://' + input.host)", None),
        ("fetch(input.url)", None),
        ("((fetch) => fetch('https://a.test'))(input.f)", []),
        ("((API) => fetch(API))('https://b.test')", None),
        ("1", []),
    ],
)
def test_a_host_is_taken_only_where_it_is_certain(
    ratchet: Command, make_task: MakeTask, source: str, net: list[str] | None
) -> None:
    make_task(f"const API = 'https://a.test';\nfunction main(input, context) {{ return {source} }}\nmain;")
    assert infer(ratchet).get("net") == net


def test_where_only_running_tells_what_is_declared_stays(ratchet: Command, make_task: MakeTask) -> None:
    metadata: dict[str, Any] = {"permissions": {"net": ["b.test"], "methods": ["PATCH"]}}
    make_task("(input) => { fetch('https://a.test', input.init); fetch(input.url) }", metadata=metadata)
    assert infer(ratchet) == {"net": ["a.test", "b.test"], "methods": ["GET", "PATCH"]}
    reply = ratchet("permissions", "infer", "total", "--dry-run")
    assert "total/main.js:1:51: Only running the task tells what is asked for here" in reply


def test_validate_tells_in_one_line_what_is_needed_and_not_declared(ratchet: Command, make_task: MakeTask) -> None:
    metadata: dict[str, Any] = {"permissions": {"net": ["https://api.example.com/v1/"], "secrets": ["API_KEY"]}}
    make_task(SOURCE.replace("OTHER_KEY", "API_KEY"), metadata=metadata)
    assert ratchet("validate", "total") == snapshot("""\
exit 0
--- stdout
total: 1 problem
warning: The task needs more than its permissions declare: `+ net: other.example.com:8443; + tasks: total`
  --> total/metadata.json
  = hint: `ratchet permissions infer total` writes it
""")


def test_a_task_in_a_zip_is_not_written_to(ratchet: Command, make_task: MakeTask, folder: Path) -> None:
    import shutil

    make_task("() => fetch('https://a.test').body")
    shutil.make_archive("total", "zip", folder, "total")
    assert ratchet("permissions", "infer", "total.zip").startswith(
        "exit 3\n--- stderr\nError: `total.zip` is not a folder"
    )


def test_recordings_of_the_task_count(ratchet: Command, make_task: MakeTask) -> None:
    make_task("(input) => fetch(input.name, { method: 'DELETE', body: '{{secret:API_KEY}}' }).then(() => 1, () => 2)")
    run = ("run-once", "total", "--offline", "--record", "kept")
    for host in ("a.test", "b.test"):
        assert ratchet(*run, "--set", f"name=https://{host}/x").startswith("exit 0\n")
    assert infer(ratchet) == {"methods": ["DELETE"], "secrets": ["API_KEY"]}
    assert infer(ratchet, "--recording", "kept")["net"] == ["a.test", "b.test"]
