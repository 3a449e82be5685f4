"""`batch_execute`, over real stdio: order, outputs as inputs, and what a failure stops."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mcp_server.calling import call
from tests.mcp_server.raw_client import RawClient


def request(identity: str, task: str = "total", value: Any = None, *needs: str) -> dict[str, Any]:
    """Return one request of a batch."""
    return {"id": identity, "task": task, "input": {"items": [1]} if value is None else value, "depends_on": [*needs]}


def statuses(answer: Any) -> dict[str, str]:
    """Return the status of each request by its id."""
    return {row["id"]: row["status"] for row in answer["results"]}


def test_an_input_takes_a_part_of_the_output_of_a_later_request(client: RawClient) -> None:
    taken = {"items": [{"$output": "first", "pointer": "/total"}, 10]}
    answer = call(client, "batch_execute", requests=[request("second", "total", taken), request("first")])
    assert [(row["id"], row["output"]) for row in answer["results"]] == [
        ("second", {"total": 11}),
        ("first", {"total": 1}),
    ]
    assert (answer["all_completed"], answer["completed"]) == (True, 2)


def test_what_needs_a_failed_request_is_skipped_and_the_rest_runs(client: RawClient) -> None:
    batch = [request("bad", "broken", {}), request("after", "total", None, "bad"), request("apart")]
    assert statuses(call(client, "batch_execute", requests=batch)) == {
        "bad": "failed", "after": "skipped", "apart": "completed"
    }  # fmt: skip


def test_nothing_more_is_started_after_an_error_where_that_is_asked_for(client: RawClient) -> None:
    batch = [request("bad", "broken", {}), request("next")]
    answer = call(client, "batch_execute", requests=batch, stop_on_error=True, max_parallel=1)
    assert statuses(answer) == {"bad": "failed", "next": "skipped"}


def test_in_sequence_each_waits_for_the_one_before(client: RawClient) -> None:
    batch = [request("one"), request("two", "broken", {}), request("three")]
    answer = call(client, "batch_execute", requests=batch, mode="sequential")
    assert statuses(answer) == {"one": "completed", "two": "failed", "three": "skipped"}


def test_a_request_that_is_refused_says_why(client: RawClient) -> None:
    batch = [request("lost", "nowhere"), request("odd", "total", 5), request("part", "total", {"$output": "ok"})]
    answer = call(client, "batch_execute", requests=[*batch, request("ok")])
    assert statuses(answer) == {"lost": "refused", "odd": "refused", "part": "refused", "ok": "completed"}
    codes = [row["error"]["code"] for row in answer["results"][:3]]
    assert codes == ["not_found", "invalid_input", "invalid_input"]


@pytest.mark.parametrize(
    ("batch", "pointer"),
    [
        ([request("a"), request("a")], "/requests/1/id"),
        ([request("a", "total", None, "b")], "/requests/0"),
    ],
    ids=["doubled", "unknown"],
)
def test_a_batch_that_makes_no_sense_runs_nothing(client: RawClient, batch: list[Any], pointer: str) -> None:
    before = call(client, "list_executions", limit=200)
    assert call(client, "batch_execute", requests=batch)["error"]["problems"][0]["pointer"] == pointer
    assert call(client, "list_executions", limit=200) == before


def test_requests_that_need_each_other_are_refused(client: RawClient) -> None:
    batch = [request("a", "total", None, "b"), request("b", "total", {"$output": "a"})]
    assert (
        call(client, "batch_execute", requests=batch)["error"]["message"] == "These requests need each other: `a`, `b`"
    )


def test_a_parallel_batch_has_no_dependencies(client: RawClient) -> None:
    batch = [request("a"), request("b", "total", None, "a")]
    assert call(client, "batch_execute", requests=batch, mode="parallel")["error"]["code"] == "invalid_input"
    assert call(client, "batch_execute", requests=[request("a"), request("b")], mode="parallel")["all_completed"]
