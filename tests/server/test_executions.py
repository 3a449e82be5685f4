"""Executions over REST: followed as they happen, ended, downloaded."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from tests.mcp_server.conftest import write_task, write_tasks
from tests.server.conftest import Served, environment_of, events_of, run, start_server

LIST = "/api/v1/executions"


def begin(server: Served, task: str) -> str:
    """Start an execution without waiting and return its address."""
    answer = run(server, task, {}, wait_seconds=0)
    assert answer.status_code == 202
    return answer.headers["location"]


def begin_at_work(server: Served, task: str) -> str:
    """Start an execution, and return its address once it has a worker."""
    address = begin(server, task)
    while server.get(address)["status"] == "pending":
        pass
    return address


def test_an_execution_goes_on_when_nobody_waits(server: Served) -> None:
    address = begin(server, "steps")
    assert server.get(f"{address}?wait_seconds=30")["status"] == "completed"


def test_an_execution_is_followed_from_its_start_to_its_end(server: Served) -> None:
    address = begin(server, "steps")
    events = events_of(server.ask("GET", f"{address}/events", stream=False))
    assert [kind for _, kind, _ in events] == ["queued", "started", *["progress"] * 5, "finished"]
    assert [number for number, _, _ in events] == [str(number + 1) for number in range(8)]
    assert [data["fraction"] for _, kind, data in events if kind == "progress"] == [0.25, 0.5, 0.5, 0.1, 1]
    assert events[-1][2] == server.get(address)


def test_a_client_that_comes_again_gets_what_it_has_missed(server: Served) -> None:
    address = run(server, "loud", {}).headers["location"]
    events = events_of(server.ask("GET", f"{address}/events", headers={"Last-Event-ID": "2"}))
    assert [(number, kind) for number, kind, _ in events] == [("3", "log"), ("4", "finished")]
    assert events[0][2]["text"] == "a line"
    assert server.ask("GET", f"{address}/events", headers={"Last-Event-ID": "4"}).status_code == 204
    events = events_of(server.ask("GET", f"{address}/events", headers={"Last-Event-ID": "9"}))
    assert [number for number, _, _ in events] == ["1", "2", "3", "4"]


def test_an_execution_is_cancelled(server: Served) -> None:
    address = begin(server, "endless")
    cancelled = server.ask("POST", f"{address}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    assert server.get(address)["error"]["code"] == "cancelled"
    assert server.ask("POST", f"{address}/cancel").json() == cancelled.json()


def test_an_execution_is_run_again(server: Served) -> None:
    first = run(server, "total", {"items": [4]})
    again = server.ask("POST", f"{first.headers['location']}/retry")
    assert again.status_code == 200
    assert again.json()["output"] == {"total": 4}
    assert again.headers["location"] != first.headers["location"]
    failed = server.ask("POST", f"{run(server, 'broken', {}).headers['location']}/retry")
    assert (failed.status_code, failed.json()["code"]) == (422, "script_error")


def test_executions_are_listed_by_what_became_of_them(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", "tasks") as served:
        done = [run(served, "total", {"items": []}).json()["id"] for _ in range(3)]
        failed = run(served, "broken", {}).json()["execution"]["id"]
        endless = begin_at_work(served, "endless").rpartition("/")[2]

        def ids(query: str) -> list[str]:
            return [row["id"] for row in served.get(f"{LIST}?{query}")["data"]]

        newest_first = [endless, failed, *reversed(done)]
        assert ids("") == newest_first
        assert ids("_order=ASC") == [*done, failed]
        assert ids("status=failed") == ids("error=script_error") == ids("task=broken") == [failed]
        assert ids("status_in=failed,running") == [endless, failed]
        assert ids("task_like=END") == [endless]
        assert ids("created_at_gte=2100-01-01T00:00:00Z") == []
        assert ids("page=2&limit=2") == newest_first[2:4]
        assert ids("_start=3&_end=5") == newest_first[3:]
        assert served.get(f"{LIST}?count=exact&limit=1")["meta"]["total"] == 5

        seen, following = [], f"{LIST}?limit=2"
        while following is not None:
            page = served.get(following)
            seen += [row["id"] for row in page["data"]]
            following = page["meta"]["next"]
        assert seen == newest_first
        for query in ("stat=failed", "id_gt=1", "created_at=yesterday", "limit=0", "count=some", "_sort=input"):
            assert served.ask("GET", f"{LIST}?{query}").status_code == 400
        served.ask("POST", f"{LIST}/{endless}/cancel")

    # The store has them when another process looks.
    with start_server(tmp_path, "--new-key", "--tasks", "tasks") as served:
        assert [row["id"] for row in served.get(LIST)["data"]] == newest_first
        assert served.get(f"{LIST}/{done[0]}")["output"] == {"total": 0}
        events = events_of(served.ask("GET", f"{LIST}/{failed}/events"))
        assert [(kind, data["status"]) for _, kind, data in events] == [("finished", "failed")]


def test_the_console_is_shown(server: Served) -> None:
    address = run(server, "loud", {}).headers["location"]
    log = server.get(f"{address}/log")
    assert (log["console_dropped"], [line["text"] for line in log["console"]]) == (0, ["a line"])


def test_requests_are_har_and_the_recording_is_replayed(server: Served, tmp_path: Path) -> None:
    address = run(server, "total", {"items": [1]}).headers["location"]
    assert server.get(f"{address}/requests")["log"]["version"] == "1.2"
    answer = server.ask("GET", f"{address}/recording")
    name = answer.headers["content-disposition"].partition("filename=")[2].strip('"')
    (tmp_path / name).write_bytes(answer.content)
    command = [sys.executable, "-m", "ratchet", "replay", name]
    replayed = subprocess.run(command, cwd=tmp_path, env=environment_of(tmp_path), check=False, capture_output=True)
    assert replayed.returncode == 0, replayed.stderr


def test_a_recording_is_there_when_the_execution_has_ended(server: Served) -> None:
    address = begin(server, "endless")
    for part in ("recording", "requests"):
        answer = server.ask("GET", f"{address}/{part}")
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
        assert answer.json()["hint"] == "Ask again once it has ended"
    server.ask("POST", f"{address}/cancel")


def test_followers_that_never_read_hold_up_neither_others_nor_the_end(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    # More than the buffers of the system hold.
    write_task(tmp_path / "tasks", "large", "export default () => 'x'.repeat(7_000_000);\n")
    limits = {"RATCHET_EXECUTION__OUTPUT_BYTES": "8000000"}
    with start_server(tmp_path, "--tasks", "tasks", environment=limits) as served, ExitStack() as opened:
        ran = run(served, "large", {})
        assert ran.status_code == 200
        for _ in range(5):
            follower = served.ask("GET", f"{ran.headers['location']}/events", stream=True)
            opened.callback(follower.close)
        assert run(served, "total", {"items": [1]}).json()["output"] == {"total": 1}
        assert served.stop() == (0, "")


def test_what_is_wrong_with_an_input_is_said_though_every_worker_is_busy(server: Served) -> None:
    endless = [begin_at_work(server, "endless"), *(begin(server, "endless") for _ in range(11))]
    assert run(server, "total", {}, wait_seconds=0).status_code == 400
    assert [server.get(address)["status"] for address in endless[:1]] == ["running"]
    for address in endless:
        assert server.ask("POST", f"{address}/cancel").status_code == 200
