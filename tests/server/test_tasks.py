"""Tasks over REST: listed, shown, run, tested, written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.server.conftest import Served, run, start_server

TASKS = "/api/v1/tasks"
DOUBLE: dict[str, Any] = {
    "name": "double",
    "description": "Doubles a number",
    "source": "export default ({ value }) => ({ value: value * 2 });\n",
    "input_schema": {"type": "object", "properties": {"value": {"type": "number"}}, "required": ["value"]},
    "output_schema": {"type": "object"},
    "cases": [{"name": "doubles two", "input": {"value": 2}, "expected_output": {"value": 4}}],
    "tags": ["numbers"],
}


def names(answer: Any) -> list[str]:
    return [task["name"] for task in answer["data"]]


def test_tasks_are_listed_in_pages(server: Served) -> None:
    first = server.get(f"{TASKS}?limit=2&count=exact")
    assert names(first) == ["broken", "endless"]
    assert first["meta"] == {
        "page": 1,
        "limit": 2,
        "next": f"{TASKS}?count=exact&limit=2&page=2",
        "total": 5,
        "left_out": [],
        "unusable_sources": [],
    }
    second = server.get(first["meta"]["next"])
    assert names(second) == ["loud", "steps"]
    last = server.get(second["meta"]["next"])
    assert (names(last), last["meta"]["next"]) == (["total"], None)
    assert server.ask("GET", f"{TASKS}?count=exact").headers["x-total-count"] == "5"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=task+TOTAL", ["total"]),
        ("name=total", ["total"]),
        ("name_ne=total&name_ne=", None),
        ("name_in=total,steps", ["steps", "total"]),
        ("name_like=O", ["broken", "loud", "total"]),
        ("name_starts_with=s&source=tasks", ["steps"]),
        ("name_contains=O", []),
        ("name_ends_with=s", ["endless", "steps"]),
        ("_start=1&_end=3", ["endless", "loud"]),
        ("_sort=name&_order=DESC&limit=1", ["total"]),
        ("name=total&name=steps", ["steps", "total"]),
        ("name_gte=steps", ["steps", "total"]),
        ("_sort=description&limit=1", ["broken"]),
        ("tag_ne=none&limit=1", ["broken"]),
        ("category_ne=none", []),
        ("deprecated=true", []),
        ("tag=none", []),
    ],
)
def test_tasks_are_filtered_as_in_the_original(server: Served, query: str, found: list[str] | None) -> None:
    answer = server.ask("GET", f"{TASKS}?{query}")
    if found is None:
        assert answer.status_code == 400
    else:
        assert names(answer.json()) == found


@pytest.mark.parametrize(
    "query",
    [
        "nam=total",
        "name_near=a",
        "after=total",
        "count=some",
        "page=0",
        "limit=1001",
        "page=1&_start=0",
        "_sort=digest",
        "deprecated=yes",
        "_end=0",
    ],
)
def test_what_a_list_does_not_have_is_refused(server: Served, query: str) -> None:
    answer = server.ask("GET", f"{TASKS}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_a_task_is_shown_until_it_changes(server: Served) -> None:
    answer = server.ask("GET", f"{TASKS}/total")
    task = answer.json()
    assert (task["name"], task["source"], task["version"]) == ("total", "tasks", "1.0.0")
    assert answer.headers["etag"] == f'"{task["digest"]}"'
    again = server.ask("GET", f"{TASKS}/total", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert server.ask("GET", f"{TASKS}/total", headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_parts_of_a_task_are_shown(server: Served) -> None:
    assert server.get(f"{TASKS}/total/schemas")["input"]["required"] == ["items"]
    source = server.get(f"{TASKS}/total/source")
    assert source["entrypoint"] == "main.js"
    assert [file["path"] for file in source["files"]] == [
        "input.schema.json", "main.js", "metadata.json", "output.schema.json"
    ]  # fmt: skip
    assert source["files"][1]["text"].startswith("export default ({ items })")


def test_a_task_is_found_by_source_and_version(server: Served) -> None:
    assert server.get(f"{TASKS}/total?source=tasks&version=^1.0.0")["version"] == "1.0.0"
    assert server.ask("GET", f"{TASKS}/total?version=2").status_code == 404
    assert server.ask("GET", f"{TASKS}/total?source=other").status_code == 404


def test_a_task_runs_and_its_execution_is_the_answer(server: Served) -> None:
    answer = run(server, "total", {"items": [1, 2]})
    assert answer.status_code == 200
    execution = answer.json()
    assert (execution["status"], execution["output"]) == ("completed", {"total": 3})
    assert answer.headers["location"] == f"/api/v1/executions/{execution['id']}"
    assert server.get(answer.headers["location"]) == execution


def test_a_task_that_fails_is_a_problem_with_its_execution(server: Served) -> None:
    answer = run(server, "broken", {})
    assert answer.status_code == 422
    problem = answer.json()
    assert (problem["code"], problem["line"], problem["column"]) == ("script_error", 3, 16)
    assert problem["execution"]["status"] == "failed"
    assert server.get(answer.headers["location"]) == problem["execution"]


def test_input_that_does_not_fit_is_refused_even_when_nobody_waits(server: Served) -> None:
    for wait in (0, 30):
        answer = run(server, "total", {"items": ["x"]}, wait_seconds=wait)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
        assert [problem["pointer"] for problem in answer.json()["problems"]] == ["/items/0"]


def test_keys_of_a_body_are_written_in_either_way(server: Served) -> None:
    for body in ({"timeoutSeconds": 0.2}, {"timeout_seconds": 0.2}):
        answer = run(server, "endless", {}, **body)
        assert (answer.status_code, answer.json()["code"]) == (422, "time_limit")


@pytest.mark.parametrize(
    ("body", "pointer", "message"),
    [
        (b"null", "/body", "Expected an object"),
        (b'{"input": ', "/body", "The body is not JSON: Expecting value"),
        (b'{"inputs": {}}', "/body/inputs", "There is no `inputs` here"),
        (b'{"wait_seconds": -1}', "/body/wait_seconds", "Input should be greater than or equal to 0"),
        (b"[]", "/body", "Expected an object"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_at_its_place(
    server: Served, body: bytes, pointer: str, message: str
) -> None:
    answer = server.ask("POST", f"{TASKS}/total/execute", data=body, headers={"Content-Type": "application/json"})
    problem = answer.json()["problems"][0]
    assert (answer.status_code, problem["pointer"], problem["message"]) == (400, pointer, message)


@pytest.mark.parametrize("body", [b'{"input": "\xff"}', b"[" * 100_000, b'{"input": 1e999}'])
def test_a_body_that_is_no_json_of_the_standard_is_refused(server: Served, body: bytes) -> None:
    answer = server.ask("POST", f"{TASKS}/total/execute", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "There was an error parsing the body" not in answer.text


def test_a_body_may_be_left_out_where_it_need_say_nothing(server: Served) -> None:
    assert server.ask("POST", f"{TASKS}/loud/execute").status_code == 200
    assert server.ask("POST", f"{TASKS}/total/test").json()["cases"] == []
    refused = server.ask("POST", f"{TASKS}/total/execute")
    assert refused.json()["problems"][0]["message"] == "`items` is missing: expected an array"


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        (f"{TASKS}/total/validate", "Write `source`, `version` into the address"),
        ("/api/v1/executions/019a0c5e/retry", "Write `wait_seconds` into the address"),
        ("/api/v1/jobs/019a0c5e/cancel", "Send none"),
    ],
)
def test_a_body_that_nobody_reads_is_refused(server: Served, path: str, hint: str) -> None:
    answer = server.ask("POST", path, {"wait_seconds": 1})
    assert answer.status_code == 400
    assert [(each["pointer"], each["hint"]) for each in answer.json()["problems"]] == [("/body", hint)]


def test_what_an_address_lacks_and_has_too_much_is_said(server: Served) -> None:
    (problem,) = server.ask("GET", "/api/v1/jobs/job17").json()["problems"]
    assert problem["message"].startswith("`job17` does not fit the pattern `^[0-9a-f-]{")
    (problem,) = server.ask("POST", "/api/v1/jobs", json={}).json()["problems"]
    assert (problem["message"], problem["pointer"]) == ("`task` is missing", "/body/task")


def test_a_body_of_another_type_is_not_read(server: Served) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = server.ask("POST", f"{TASKS}/total/execute", data=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media")


def test_a_task_is_checked(server: Served) -> None:
    answer = server.ask("POST", f"{TASKS}/total/validate", {})
    assert answer.json() == {"valid": True, "problems": []}


def test_a_task_is_written_changed_and_taken_away(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    with start_server(tmp_path, "--tasks", "own") as served:
        made = served.ask("POST", TASKS, DOUBLE)
        assert (made.status_code, made.headers["location"]) == (201, f"{TASKS}/double")
        assert served.ask("POST", TASKS, DOUBLE).status_code == 409
        assert run(served, "double", {"value": 4}).json()["output"] == {"value": 8}
        assert served.ask("POST", f"{TASKS}/double/test", {}).json()["what"] == "Every test passed"
        assert served.get(f"{TASKS}/double/cases")["cases"][0]["expected_output"] == {"value": 4}

        changed = served.ask("PATCH", f"{TASKS}/double", {"source": "export default () => ({ value: 5 });\n"})
        assert changed.headers["etag"] != made.headers["etag"]
        report = served.ask("POST", f"{TASKS}/double/test", {"filter": "two"}).json()
        assert (report["all_passed"], report["failed"]) == (False, 1)

        stale = {"If-Match": made.headers["etag"]}
        assert served.ask("PUT", f"{TASKS}/double", {}, headers=stale).status_code == 400
        whole = {key: DOUBLE[key] for key in ("description", "source")} | {"inputSchema": True, "outputSchema": True}
        assert served.ask("PUT", f"{TASKS}/double", whole, headers=stale).status_code == 412
        current = {"If-Match": changed.headers["etag"]}
        replaced = served.ask("PUT", f"{TASKS}/double", whole, headers=current)
        assert (replaced.status_code, replaced.json()["input_schema"]) == (200, True)
        assert served.get(f"{TASKS}/double/cases")["cases"] == []

        assert served.ask("DELETE", f"{TASKS}/double", headers=stale).status_code == 412
        assert served.ask("DELETE", f"{TASKS}/double").status_code == 204
        assert served.ask("GET", f"{TASKS}/double").status_code == 404
        assert served.ask("DELETE", f"{TASKS}/double").status_code == 404
    assert len(list((tmp_path / "own" / ".ratchet-former" / "double").iterdir())) == 3


@pytest.mark.parametrize("name", ["../evil", "a/b", "A", "", ".", "x" * 65, "a\n"])
def test_a_name_is_a_slug(server: Served, name: str) -> None:
    answer = server.ask("POST", TASKS, {**DOUBLE, "name": name})
    assert (answer.status_code, answer.json()["problems"][0]["pointer"]) == (400, "/body/name")


def test_nothing_is_written_where_no_folder_is_for_it(tmp_path: Path) -> None:
    with start_server(tmp_path) as served:
        answer = served.ask("POST", TASKS, DOUBLE)
        assert (answer.status_code, answer.json()["hint"]) == snapshot(
            (403, "Start it with `ratchet serve --tasks DIR`")
        )


def test_a_schema_that_takes_for_ever_stops_nobody_else(tmp_path: Path) -> None:
    bomb: dict[str, Any] = {"$defs": {"n0": {"type": "integer"}}, "$ref": "#/$defs/n30"}
    for level in range(1, 31):
        below = {"$ref": f"#/$defs/n{level - 1}"}
        bomb["$defs"][f"n{level}"] = {"anyOf": [below, below]}
    (tmp_path / "own").mkdir()
    with start_server(tmp_path, "--tasks", "own") as served:
        assert served.ask("POST", TASKS, {**DOUBLE, "input_schema": bomb, "cases": []}).status_code == 201
        answer = run(served, "double", "no integer")
        assert (answer.status_code, answer.json()["code"]) == (422, "time_limit")
        assert served.get("/health")["status"] == "ok"
