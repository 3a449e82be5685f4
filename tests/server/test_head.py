"""`HEAD` tells of a resource what `GET` does, but for the body."""

from __future__ import annotations

import pytest

from tests.server.conftest import Served, run

_OF_ONE_ANSWER = ("date", "x-request-id")


def heads(served: Served, path: str) -> list[tuple[int, dict[str, str]]]:
    """Return how `HEAD` and how `GET` are answered, without what differs from answer to answer."""
    answers = [served.ask("HEAD", path), served.ask("GET", path)]
    assert answers[0].content == b""
    return [
        (answer.status_code, {name: text for name, text in answer.headers.items() if name not in _OF_ONE_ANSWER})
        for answer in answers
    ]


@pytest.mark.parametrize(
    "path",
    ["/health", "/docs", "/api/v1/tasks/total", "/api/v1/jobs?count=exact", "/api/v1/tasks/none", "/api/v1/jobs?a=b"],
)
def test_the_head_of_an_answer_is_the_same(server: Served, path: str) -> None:
    own, whole = heads(server, path)
    assert own == whole
    assert int(own[1]["content-length"]) > 0


def test_a_stream_is_not_waited_for(server: Served) -> None:
    address = run(server, "endless", None, wait_seconds=0).headers["location"]
    answer = server.ask("HEAD", f"{address}/events")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert server.get(address)["status"] in ("pending", "running")
    server.ask("POST", f"{address}/cancel")


def test_what_cannot_be_read_has_no_head(server: Served) -> None:
    answer = server.ask("HEAD", "/api/v1/tasks/total/execute")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert server.ask("HEAD", "/api/v1/tasks", headers={"Authorization": None}).status_code == 401


def test_it_is_counted_by_its_own_name(server: Served) -> None:
    server.ask("HEAD", "/ready")
    counted = server.ask("GET", "/metrics").text
    assert 'ratchet_http_requests_total{method="HEAD",route="/ready",status="200"}' in counted
    assert not [path for path, methods in server.get("/openapi.json")["paths"].items() if "head" in methods]
