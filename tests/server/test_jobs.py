"""Jobs and schedules over REST: taken in, worked on by the same server, still there after it."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest

from tests.mcp_server.conftest import write_tasks
from tests.server.conftest import Served, start_server

JOBS = "/api/v1/jobs"
SCHEDULES = "/api/v1/schedules"
FAR = "2100-01-01T00:00:00Z"


def wait_for_end(server: Served, job: dict[str, Any]) -> dict[str, Any]:
    """Ask for a job until it has ended."""
    while job["status"] in ("queued", "running"):
        job = server.get(f"{JOBS}/{job['id']}")
    return job


def test_a_job_is_worked_on_by_the_server(server: Served) -> None:
    made = server.ask("POST", JOBS, {"task": "total", "input": {"items": [1, 2]}, "priority": "urgent"})
    assert (made.status_code, made.json()["priority"]) == (202, 100)
    job = wait_for_end(server, server.get(made.headers["location"]))
    assert (job["status"], job["output"], len(job["history"])) == ("completed", {"total": 3}, 1)
    assert server.get(f"/api/v1/executions/{job['execution_id']}")["job_id"] == job["id"]
    assert server.get("/api/v1/executions?job_id=" + job["id"])["data"][0]["id"] == job["execution_id"]


def test_the_execution_of_a_job_is_looked_at_followed_and_cancelled(server: Served) -> None:
    job = server.ask("POST", JOBS, {"task": "endless"}).json()
    while (job := server.get(f"{JOBS}/{job['id']}"))["status"] == "queued":
        pass
    address = f"/api/v1/executions/{job['execution_id']}"
    shown = server.get(address)
    assert (shown["finished_at"], shown["job_id"], shown["attempt"]) == (None, job["id"], 1)
    assert [row["id"] for row in server.get(f"/api/v1/executions?job_id={job['id']}")["data"]] == [shown["id"]]
    with server.ask("GET", f"{address}/events", stream=True) as events:
        lines = (line for line in events.iter_lines() if line.startswith(b"event"))
        assert [next(lines), next(lines)] == [b"event: queued", b"event: started"]
        assert server.ask("POST", f"{address}/cancel").json()["status"] == "cancelled"
        assert list(lines) == [b"event: finished"]
    ended = server.get(f"{JOBS}/{job['id']}")
    assert (ended["status"], ended["cancel_requested"], ended["attempts"]) == ("cancelled", True, 1)


def test_the_executions_of_a_job_are_recorded_on_request(server: Served) -> None:
    body = {"task": "total", "input": {"items": [1]}}
    plain = wait_for_end(server, server.ask("POST", JOBS, body).json())
    assert server.ask("GET", f"/api/v1/recordings/{plain['execution_id']}").status_code == 404
    job = wait_for_end(server, server.ask("POST", JOBS, {**body, "record": True}).json())
    assert server.get(f"/api/v1/recordings?id={job['execution_id']}")["data"][0]["job_id"] == job["id"]
    server.ask("POST", SCHEDULES, {**body, "name": "kept", "cron": "0 0 1 1 *", "record": True})
    ticked = wait_for_end(server, server.ask("POST", f"{SCHEDULES}/kept/trigger").json())
    recording = server.ask("GET", f"/api/v1/executions/{ticked['execution_id']}/recording")
    assert (recording.status_code, recording.headers["content-type"]) == (200, "application/zip")


def test_a_flag_is_no_priority(server: Served) -> None:
    answer = server.ask("POST", JOBS, {"task": "total", "input": {"items": []}, "priority": True})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")


def test_an_idempotency_key_makes_one_job(server: Served) -> None:
    body = {"task": "total", "input": {"items": []}, "scheduledFor": FAR}
    key = {"Idempotency-Key": "one"}
    first, second = (server.ask("POST", JOBS, body, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json()["id"] == second.json()["id"]
    assert server.ask("POST", JOBS, {**body, "idempotencyKey": "one"}).json()["id"] == first.json()["id"]
    other = server.ask("POST", JOBS, {**body, "queue": "other"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    both = server.ask("POST", JOBS, {**body, "idempotency_key": "two"}, headers=key)
    assert (both.status_code, both.json()["code"]) == (400, "invalid_input")


def test_a_job_that_waits_is_cancelled_and_run_again(server: Served) -> None:
    job = server.ask("POST", JOBS, {"task": "total", "input": {"items": [7]}, "scheduled_for": FAR}).json()
    address = f"{JOBS}/{job['id']}"
    assert server.ask("POST", f"{address}/retry").status_code == 409
    assert server.ask("POST", f"{address}/cancel").json()["status"] == "cancelled"
    assert server.ask("POST", f"{address}/cancel").status_code == 409
    again = server.ask("POST", f"{address}/retry")
    assert wait_for_end(server, again.json())["output"] == {"total": 7}


def test_jobs_are_listed_and_counted(server: Served) -> None:
    made = server.ask("POST", JOBS, {"task": "total", "input": {"items": []}, "queue": "slow", "scheduled_for": FAR})
    rows = server.get(f"{JOBS}?queue=slow&status=queued&count=exact")
    # All but the input, which may be large.
    assert rows["data"] == [{name: value for name, value in made.json().items() if name != "input"}]
    assert rows["meta"]["total"] == 1
    assert server.get(f"{JOBS}/stats")["queues"]["slow"] == {"queued": 1, "running": 0}
    assert server.ask("GET", f"{JOBS}?cue=slow").status_code == 400
    refused = server.ask("GET", f"{JOBS}?status=daed")
    assert (refused.status_code, refused.json()["hint"]) == (400, "Did you mean `dead`?")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"task": "missing"}, 404),
        ({"task": "total", "input": {"items": "x"}}, 400),
        ({"task": "total", "input": {"items": []}, "priority": "highest"}, 400),
        ({"task": "total", "input": {"items": []}, "scheduled_for": "tomorrow"}, 400),
        ({"task": "total", "input": {"items": []}, "retries": 1}, 400),
    ],
)
def test_a_job_that_cannot_be_is_refused(server: Served, body: dict[str, Any], status: int) -> None:
    assert server.ask("POST", JOBS, body).status_code == status


def test_a_schedule_is_made_changed_triggered_and_removed(server: Served) -> None:
    body = {"name": "yearly", "task": "total", "cron": "0 0 1 1 *", "input": {"items": [5]}, "timeZone": "Asia/Tokyo"}
    made = server.ask("POST", SCHEDULES, body)
    assert (made.status_code, made.headers["location"]) == (201, f"{SCHEDULES}/yearly")
    assert server.ask("POST", SCHEDULES, body).status_code == 409
    address = made.headers["location"]
    times = server.get(f"{address}/preview?count=2")["times"]
    assert [time[4:] for time in times] == ["-12-31T15:00:00.000Z"] * 2
    assert server.ask("POST", f"{address}/disable").json()["enabled"] is False
    assert server.ask("POST", f"{address}/enable").json()["enabled"] is True
    changed = server.ask("PUT", address, {**body, "cron": "0 6 * * *", "priority": "low"})
    assert (changed.json()["cron"], changed.json()["priority"]) == ("0 6 * * *", 25)
    job = server.ask("POST", f"{address}/trigger")
    assert (job.status_code, wait_for_end(server, job.json())["output"]) == (202, {"total": 5})
    shown = server.get(address)
    assert shown.pop("input") == {"items": [5]}
    assert server.get(f"{SCHEDULES}?name=yearly")["data"] == [shown]
    assert server.ask("POST", SCHEDULES, {**body, "name": "odd", "cron": "often"}).status_code == 400
    assert server.ask("DELETE", address).status_code == 204
    assert server.ask("GET", address).status_code == 404


def test_the_node_and_the_workers_are_shown(server: Served) -> None:
    (node,) = server.get("/api/v1/nodes")["data"]
    assert (node["id"], node["pid"], node["jobs"]) == ("local", server.process.pid, [])
    assert server.get("/api/v1/nodes/local")["pid"] == node["pid"]
    assert server.ask("GET", "/api/v1/nodes/elsewhere").status_code == 404
    assert server.get("/api/v1/nodes?status=draining&count=exact") == {
        "data": [],
        "meta": {"page": 1, "limit": 50, "next": None, "total": 0},
    }
    assert server.ask("GET", "/api/v1/nodes?status=dead").status_code == 400
    assert server.ask("GET", "/api/v1/workers?_sort=busy").status_code == 400
    (workers,) = server.get("/api/v1/workers")["data"]
    assert (workers["id"], workers["most"] >= 1) == ("local", True)
    assert server.ask("GET", "/api/v1/workers/elsewhere").status_code == 404
    endless = server.ask("POST", "/api/v1/tasks/endless/execute", {"waitSeconds": 0}).json()["id"]
    # What has only just ended may be among them for a moment.
    workers = {"executions": []}
    while [each["id"] for each in workers["executions"]] != [endless]:
        workers = server.get("/api/v1/workers/local")
    assert [(each["task"], each["job_id"]) for each in workers["executions"]] == [("endless", None)]
    assert workers["busy"] == 1
    server.ask("POST", f"/api/v1/executions/{endless}/cancel")


def test_a_job_outlives_the_server(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", "tasks") as served:
        job = served.ask("POST", JOBS, {"task": "steps"}).json()
        served.process.send_signal(signal.SIGKILL)
        served.process.wait()
    with start_server(tmp_path, "--new-key", "--tasks", "tasks") as served:
        assert wait_for_end(served, served.get(f"{JOBS}/{job['id']}"))["output"] == "done"


def test_a_job_at_work_is_handed_back_when_the_server_stops(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", "tasks", environment={"RATCHET_JOBS__DRAIN_SECONDS": "0.1"}) as served:
        job = served.ask("POST", JOBS, {"task": "endless"}).json()
        while served.get(f"{JOBS}/{job['id']}")["status"] == "queued":
            pass
        assert served.stop() == (0, "")
    with start_server(tmp_path, "--new-key", "--tasks", "tasks") as served:
        cancelled = served.ask("POST", f"{JOBS}/{job['id']}/cancel")
        assert cancelled.status_code == 200
        ended = wait_for_end(served, cancelled.json())
        assert (ended["status"], ended["history"][0]["status"]) == ("cancelled", "returned")


def test_two_servers_do_not_share_a_data_folder(tmp_path: Path) -> None:
    with (
        start_server(tmp_path),
        pytest.raises(AssertionError, match="the server has ended: Error: "),
        start_server(tmp_path),
    ):
        pass
