"""Tasks that are switched off run through no door of the server, until they are switched on."""

from __future__ import annotations

from pathlib import Path

import requests
from inline_snapshot import snapshot

from tests.mcp_server.conftest import write_task, write_tasks
from tests.server.conftest import Served, run, start_server
from tests.server.test_mcp import call

API = "/api/v1"
TASKS = f"{API}/tasks"
ITEMS = {"items": [1, 2]}


def code_of(answer: requests.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


def switch(served: Served, name: str, word: str) -> requests.Response:
    """Enable or disable a task, which must be there."""
    answer = served.ask("POST", f"{TASKS}/{name}/{word}")
    assert answer.status_code == 200, answer.text
    return answer


def test_a_disabled_task_is_refused_at_every_door_until_it_is_enabled(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    write_task(
        tmp_path / "tasks",
        "caller",
        "export default async (input, context) => await context.call('total', { items: [1] });\n",
        permissions={"tasks": ["total"]},
    )
    with start_server(tmp_path, "--tasks", "tasks") as served:
        before = served.ask("GET", f"{TASKS}/total")
        ran = run(served, "total", ITEMS).json()
        job = served.ask("POST", f"{API}/jobs", {"task": "total", "input": ITEMS, "scheduledFor": "2100-01-01T00:00Z"})
        tick = {"name": "tick", "task": "total", "input": ITEMS, "cron": "* * * * * *", "enabled": False}
        assert served.ask("POST", f"{API}/schedules", tick).status_code == 201

        disabled = switch(served, "total", "disable")
        assert (before.json()["enabled"], disabled.json()["enabled"]) == (True, False)
        assert before.headers["etag"] != disabled.headers["etag"]
        stale = {"If-None-Match": before.headers["etag"]}
        assert served.get(f"{TASKS}/total", headers=stale) == disabled.json()
        assert [task["name"] for task in served.get(f"{TASKS}?enabled=false")["data"]] == ["total"]

        refused = run(served, "total", ITEMS)
        assert (refused.json()["detail"], refused.json()["hint"]) == snapshot(
            ("The task `total` is disabled", "`POST /api/v1/tasks/total/enable` switches it on")
        )
        for answer in (
            refused,
            served.ask("POST", f"{API}/executions/{ran['id']}/retry"),
            served.ask("POST", f"{API}/jobs", {"task": "total", "input": ITEMS}),
            served.ask("POST", f"{API}/schedules/tick/trigger"),
        ):
            assert code_of(answer) == (409, "task_disabled")
        called = run(served, "caller", None)
        assert (called.status_code, "is disabled" in called.json()["detail"]) == (422, True)
        tool = {"name": "execute_task", "arguments": {"task": "total", "input": ITEMS}}
        assert "is disabled" in str(call(served, "tools/call", tool, **{"Mcp-Name": "execute_task"})["result"])

        assert served.ask("POST", f"{API}/schedules/tick/enable").status_code == 200
        while not (failed := served.get(f"{API}/jobs?task=total&status=failed")["data"]):
            pass
        assert failed[0]["error"]["code"] == "task_disabled"
        served.ask("DELETE", f"{API}/schedules/tick")
        assert served.stop()[0] == 0

    with start_server(tmp_path, "--tasks", "tasks", "--new-key") as served:
        assert code_of(run(served, "total", ITEMS)) == (409, "task_disabled")
        enabled = switch(served, "total", "enable")
        assert enabled.headers["etag"] == before.headers["etag"]
        assert run(served, "total", ITEMS).json()["output"] == {"total": 3}
        assert served.get(f"{API}/jobs/{job.json()['id']}")["status"] == "queued"


def test_a_task_that_is_not_there_has_no_switch(server: Served) -> None:
    assert code_of(server.ask("POST", f"{TASKS}/missing/disable")) == (404, "not_found")
