"""A request in the usual form is answered as the framework answers the same in another."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.server.conftest import Served

USUAL = "application/json"
UNUSUAL = "application/json; charset=utf-8"
# What differs from one execution to the next.
OWN = {"id", "created_at", "started_at", "finished_at", "duration_ms", "queued_ms", "used", "time_ms", "isolation"}
BODIES = {
    "completes": b'{"input": {"items": [1, 2]}}',
    "camel case": b'{"input": {"items": []}, "waitSeconds": 20, "timeoutSeconds": 5}',
    "recorded": b'{"input": {"items": []}, "record": true}',
    "does not fit": b'{"input": {"items": "many"}}',
    "without an input": b"{}",
    "empty": b"",
    "blank": b"  ",
    "an array": b"[]",
    "broken off": b'{"input": ',
    "another key": b'{"input": {"items": []}, "inputs": 1}',
    "twice": b'{"input": 1, "input": {"items": [3]}}',
    "wrong type": b'{"wait_seconds": "soon"}',
    "out of range": b'{"timeout_seconds": 0}',
    "a number as text": b'{"input": {"items": []}, "wait_seconds": "5"}',
    "NaN": b'{"input": NaN}',
    "too large a number": b'{"input": {"items": [1e400]}}',
    "too many digits": b'{"input": ' + b"1" * 5000 + b"}",
    "too deep": b'{"input": ' + b"[" * 600 + b"]" * 600 + b"}",
    "far too deep": b"[" * 60_000,
    "half a character": b'{"input": {"items": ["\\ud800"]}}',
    "no UTF-8": b'{"input": "\xff"}',
    "with a mark of byte order": b'\xef\xbb\xbf{"input": {"items": []}}',
    "UTF-16": '{"input": {"items": []}}'.encode("utf-16"),
    "long": b'{"input": {"items": [' + b"1," * 50_000 + b"1]}}",
}


def common(value: Any) -> Any:
    """Return what two executions of the same have in common."""
    if isinstance(value, dict):
        recorded = {"recording": value["recording"] is not None} if "recording" in value else {}
        return {key: common(each) for key, each in value.items() if key not in OWN} | recorded
    return [common(each) for each in value] if isinstance(value, list) else value


def seen(answer: requests.Response) -> tuple[int, dict[str, str], Any]:
    headers = {name.lower(): value for name, value in answer.headers.items()}
    for name in ("date", "x-request-id", "content-length"):
        headers.pop(name)
    if "location" in headers:
        # Of an execution, the last part is its own.
        headers["location"] = headers["location"].rpartition("/")[0]
    return answer.status_code, headers, common(answer.json())


def execute(server: Served, task: str, body: bytes, kind: str) -> requests.Response:
    return server.ask("POST", f"/api/v1/tasks/{task}/execute", data=body, headers={"Content-Type": kind})


@pytest.mark.parametrize("name", BODIES)
def test_every_body_has_one_answer(server: Served, name: str) -> None:
    usual = seen(execute(server, "total", BODIES[name], USUAL))
    assert usual == seen(execute(server, "total", BODIES[name], UNUSUAL))
    assert usual[0] < 500


@pytest.mark.parametrize(
    ("task", "body", "status"),
    [
        ("total", b'{"input": {"items": [1, 2]}}', 200),
        ("endless", b'{"timeout_seconds": 0.2}', 422),
        ("broken", b"{}", 422),
        ("nothing", b"{}", 404),
        ("Total", b"{}", 400),
        ("to%74al", b'{"input": {"items": [1, 2]}}', 200),
        ("total%0A", b"{}", 400),
    ],
)
def test_every_task_has_one_answer(server: Served, task: str, body: bytes, status: int) -> None:
    usual = seen(execute(server, task, body, USUAL))
    assert usual == seen(execute(server, task, body, UNUSUAL))
    assert usual[0] == status


def test_both_are_counted_as_one_route(server: Served) -> None:
    line = 'ratchet_http_requests_total{method="POST",route="/api/v1/tasks/{name}/execute",status="200"} '

    def count() -> float:
        return float(server.ask("GET", "/metrics").text.partition(line)[2].partition("\n")[0] or 0)

    before = count()
    for kind in (USUAL, UNUSUAL):
        assert execute(server, "total", BODIES["completes"], kind).status_code == 200
    assert count() == before + 2
