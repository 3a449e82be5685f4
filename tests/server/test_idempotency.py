"""The same idempotency key runs a task once, whatever becomes of the answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.mcp_server.conftest import write_tasks
from tests.server.conftest import Served, start_server

EXECUTIONS = "/api/v1/executions"


def execute(served: Served, key: str, task: str, value: Any, **options: Any) -> requests.Response:
    """Run a task under a key."""
    body = {"input": value, **options}
    return served.ask("POST", f"/api/v1/tasks/{task}/execute", body, headers={"Idempotency-Key": key})


def test_the_same_request_is_answered_by_the_same_execution(server: Served) -> None:
    first = execute(server, "same", "total", {"items": [1, 2]})
    second = execute(server, "same", "total", {"items": [1, 2]}, wait_seconds=0)
    assert (second.status_code, second.json()) == (200, first.json())
    assert second.headers["location"] == first.headers["location"]


def test_what_failed_fails_alike(server: Served) -> None:
    first, second = (execute(server, "failed", "broken", {}) for _ in range(2))
    assert (first.status_code, second.json()) == (422, first.json())


def test_another_request_may_not_have_the_key(server: Served) -> None:
    assert execute(server, "other", "total", {"items": []}).status_code == 200
    for answer in (
        execute(server, "other", "total", {"items": [1]}),
        execute(server, "other", "loud", {"items": []}),
        execute(server, "other", "total", {"items": []}, timeout_seconds=1),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


def test_what_was_refused_uses_up_no_key(server: Served) -> None:
    assert execute(server, "refused", "total", {"items": ["x"]}).status_code == 400
    assert execute(server, "refused", "missing", {}).status_code == 404
    assert execute(server, "refused", "total", {"items": []}).status_code == 200


@pytest.mark.parametrize("key", ["", "two words", "caf\u00e9", "x" * 256])
def test_what_is_no_key_is_refused_for_executions_and_jobs(server: Served, key: str) -> None:
    job = {"task": "total", "input": {"items": []}}
    header = {"Idempotency-Key": key.encode("latin-1")}
    for answer in (
        server.ask("POST", "/api/v1/tasks/total/execute", {"input": job["input"]}, headers=header),
        server.ask("POST", "/api/v1/jobs", job, headers=header),
        server.ask("POST", "/api/v1/jobs", {**job, "idempotency_key": key}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_a_request_in_flight_keeps_its_key(server: Served) -> None:
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(execute, server, "flying", "endless", None)
        while not (running := server.get(f"{EXECUTIONS}?task=endless&status=running")["data"]):
            pass
        second = execute(server, "flying", "endless", None)
        assert (second.status_code, second.json()["code"]) == (409, "conflict")
        server.ask("POST", f"{EXECUTIONS}/{running[0]['id']}/cancel")
        assert first.result().status_code == 499
    assert execute(server, "flying", "endless", None).json()["execution"]["id"] == running[0]["id"]


def test_a_request_that_nobody_waits_for_is_asked_after_by_its_key(server: Served) -> None:
    first = execute(server, "later", "steps", None, wait_seconds=0)
    assert first.status_code == 202
    second = execute(server, "later", "steps", None)
    assert (second.json()["id"], second.json()["output"]) == (first.json()["id"], "done")


def test_a_key_outlives_the_server_with_its_execution(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", "tasks") as served:
        kept = execute(served, "kept", "total", {"items": [1]}).json()
        execute(served, "lost", "endless", None, wait_seconds=0)
        served.process.kill()
        served.process.wait()
    with start_server(tmp_path, "--tasks", "tasks", "--new-key") as served:
        assert execute(served, "kept", "total", {"items": [1]}).json() == kept
        # The one that died with the server is made up for.
        lost = execute(served, "lost", "endless", None, wait_seconds=0)
        assert lost.status_code == 202
        served.ask("POST", f"{lost.headers['location']}/cancel")
