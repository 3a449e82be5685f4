"""Jobs from the shell: asked for where no node is, and worked on by a node elsewhere."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command, MakeTask
from tests.cli.program import PATIENCE_SECONDS
from tests.jobs.node_process import running_node
from tests.postgres import Postgres
from tests.server.conftest import start_server

CONFIGURATION = "registry:\n  sources:\n    - {name: mine, uri: tasks}\n"
LOUD = '(input) => { console.log("adding"); if (input.name === "nobody") throw new TypeError("no name"); return {}; }'


@pytest.fixture
def data(tmp_path: Path, folder: Path, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch) -> str:
    """Have a task by name and a data folder, and return the URL of its database."""
    make_task(LOUD, name="tasks/total")
    (folder / "ratchet.yaml").write_text(CONFIGURATION)
    monkeypatch.setenv("RATCHET_DATA__FOLDER", str(tmp_path / "data"))
    return f"sqlite:{tmp_path / 'data' / 'ratchet.db'}"


def plain(reply: str) -> str:
    """Return a reply without what is different each time."""
    reply = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>", reply)
    reply = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<time>", reply)
    reply = re.sub(r"sha256:[0-9a-f]{64}", "<digest>", reply)
    return re.sub(r" *\d+ ms", "<n> ms", reply)


def stdout_of(reply: str) -> str:
    """Return what a command has printed as its result."""
    return reply.partition("--- stdout\n")[2].partition("--- stderr\n")[0].strip()


@pytest.mark.usefixtures("data")
def test_a_job_is_made_shown_and_cancelled(ratchet: Command) -> None:
    made = ratchet("job", "create", "total", "--set", "name=Ada", "--priority", "urgent", "--queue", "mail", "--record")
    assert plain(made) == snapshot("""\
exit 0
--- stdout
<id>
--- stderr
Hint: Nobody works on jobs now; `ratchet serve` does
""")
    job = stdout_of(made)
    assert plain(ratchet("job", "list")) == snapshot("""\
exit 0
--- stdout
<id>  <time>  total@1.2.3  mail  queued
""")
    assert plain(ratchet("job", "show", job[:12])) == snapshot("""\
exit 0
--- stdout
id      <id>
task    total@1.2.3
digest  <digest>
status  queued
queue   mail, priority 100
made    <time>
due     <time>
record  yes
input
  {
    "name": "Ada"
  }
""")
    assert plain(ratchet("job", "cancel", job)) == snapshot("""\
exit 0
--- stdout
<id>
""")
    assert plain(ratchet("job", "cancel", job)) == snapshot("""\
exit 3
--- stderr
Error: The job `<id>` is cancelled
Hint: Only what has not ended can be cancelled
""")
    assert plain(ratchet("job", "list", "--status", "cancelled", "--queue", "mail", "--task", "total")) == snapshot("""\
exit 0
--- stdout
<id>  <time>  total@1.2.3  mail  cancelled
""")
    assert plain(ratchet("job", "logs", job)) == snapshot("""\
exit 3
--- stderr
Error: No attempt of the job `<id>` has ended
Hint: `ratchet job watch` waits for it
""")
    assert ratchet("job", "stats") == snapshot("""\
exit 0
--- stdout
{
  "jobs": {
    "queued": 0,
    "running": 0,
    "completed": 0,
    "failed": 0,
    "cancelled": 1,
    "dead": 0
  },
  "queues": {}
}
""")


@pytest.mark.usefixtures("data")
def test_what_no_job_can_have_is_refused(ratchet: Command) -> None:
    assert ratchet("job", "create", "total", "--priority", "soon") == snapshot("""\
exit 3
--- stderr
Error: There is no priority `soon`
Hint: It is `low`, `normal`, `high`, `urgent` or a number from 1 to 100
""")
    assert ratchet("job", "create", "total", "--at", "soon") == snapshot("""\
exit 3
--- stderr
Error: `--at` is `soon`, not a time
Hint: Write it as in RFC 3339, such as `2026-01-31T12:00:00Z`
""")
    assert ratchet("job", "create", "totl") == snapshot("""\
exit 3
--- stderr
Error: There is no task `totl` in any source
Hint: Did you mean `total`?
""")
    assert ratchet("job", "list", "--status", "done") == snapshot("""\
exit 2
--- stderr
Error: `--status done` is none of queued, running, completed, failed, cancelled, dead
Hint: `ratchet job list --help` lists what it takes
""")
    assert ratchet("job", "show", "01234567") == snapshot("""\
exit 3
--- stderr
Error: There is no job `01234567`
Hint: `ratchet job list` shows those that are kept
""")
    assert ratchet("worker") == snapshot("""\
exit 3
--- stderr
Error: A worker needs a database on PostgreSQL, which several nodes share
Hint: Set `server.database.url` to `postgresql://…`; on SQLite, `ratchet serve` works alone
""")


@pytest.mark.usefixtures("data")
def test_a_key_makes_one_job(ratchet: Command) -> None:
    first = stdout_of(ratchet("job", "create", "total", "--key", "order-17"))
    assert stdout_of(ratchet("job", "create", "total", "--key", "order-17")) == first
    again = ratchet("job", "create", "total", "--key", "order-17", "--set", "name=Ada")
    assert plain(again) == snapshot("""\
exit 3
--- stderr
Error: The idempotency key has been used for another job, `<id>`
Hint: Use a key of its own for each job
""")


def test_a_node_works_on_what_the_shell_asks_for(ratchet: Command, data: str, folder: Path) -> None:
    failing = stdout_of(ratchet("job", "create", "total", "--set", "name=nobody"))
    with running_node(data, folder / "tasks"):
        assert plain(ratchet("job", "watch", failing)).partition("--- stderr")[0] == snapshot("""\
exit 1
--- stdout
id      <id>
task    total@1.2.3
digest  <digest>
status  failed
queue   default, priority 50
made    <time>
due     <time>
ended   <time>
error   script_error: no name
attempt 1  failed  on local  <time>  script_error: no name
input
  {
    "name": "nobody"
  }
""")
        good = stdout_of(ratchet("job", "create", "total"))
        assert plain(ratchet("job", "watch", good, "--json")).startswith("exit 0\n")
        assert plain(ratchet("job", "logs", good)) == snapshot("""\
exit 0
--- stdout
<n> ms  log    adding
""")
        job = json.loads(stdout_of(ratchet("job", "show", good, "--json")))
        assert (job["output"], job["history"][0]["status"]) == ({}, "completed")
        assert stdout_of(ratchet("job", "retry", good)) == good
        assert ratchet("job", "watch", good).startswith("exit 0\n")
    shown = ratchet("execution", "show", job["execution_id"])
    assert "completed" in shown


@pytest.mark.usefixtures("data")
def test_a_schedule_is_made_changed_and_removed(ratchet: Command) -> None:
    made = ratchet("schedule", "create", "yearly", "total", "0 9 29 2 *", "--set", "name=Ada")
    assert made.startswith("exit 0\n")
    assert plain(ratchet("schedule", "show", "yearly")) == snapshot("""\
exit 0
--- stdout
id          <id>
name        yearly
task        total
cron        0 9 29 2 *
time_zone   UTC
queue       default
priority    50
overlap     skip
misfire     skip
record      no
enabled     yes
next_at     <time>
fired       0
skipped     0
created_at  <time>
updated_at  <time>
input
  {
    "name": "Ada"
  }
""")
    changed = ratchet(
        "schedule",
        "update",
        "yearly",
        "--cron",
        "0 0 0 1 1 * 2020",
        "--time-zone",
        "Europe/Berlin",
        "--misfire",
        "run_once",
        "--record",
    )
    assert plain(changed) == snapshot("""\
exit 0
--- stdout
<id>
""")
    assert plain(ratchet("schedule", "list")) == snapshot("""\
exit 0
--- stdout
yearly  disabled  0 0 0 1 1 * 2020 Europe/Berlin  total  0
""")
    assert ratchet("schedule", "preview", "yearly") == snapshot("exit 0\n")
    ratchet("schedule", "update", "yearly", "--cron", "0 9 29 2 *")
    assert re.fullmatch(
        r"exit 0\n--- stdout\n(\d{4}-02-29T08:00:00.000Z\n){3}",
        ratchet("schedule", "preview", "yearly", "--count", "3"),
    )
    assert ratchet("schedule", "disable", "yearly").startswith("exit 0\n")
    assert "disabled" in ratchet("schedule", "list")
    (row,) = json.loads(stdout_of(ratchet("schedule", "list", "--json")))
    shown = json.loads(stdout_of(ratchet("schedule", "show", "yearly", "--json")))
    assert row == {name: value for name, value in shown.items() if name != "input"}
    assert ratchet("schedule", "enable", "yearly").startswith("exit 0\n")
    triggered = stdout_of(ratchet("schedule", "trigger", "yearly"))
    assert triggered in ratchet("job", "list", "--schedule", "yearly")
    assert "\nrecord    yes\n" in ratchet("job", "show", triggered)
    assert ratchet("schedule", "create", "yearly", "total", "0 9 29 2 *") == snapshot("""\
exit 3
--- stderr
Error: There is a schedule `yearly` already
Hint: Choose another name, or change that one
""")
    unfit = ratchet("schedule", "create", "other", "total", "0 9 * * *", "--input", "[]")
    assert unfit.startswith("exit 3\n--- stderr\nError: The input does not fit `")
    assert ratchet("schedule", "create", "other", "total", "9 o'clock") == snapshot("""\
exit 3
--- stderr
Error: `9 o'clock` is no cron expression
Hint: Write five fields: minute, hour, day, month, weekday; six begin with seconds, seven end with a year
""")
    assert ratchet("schedule", "delete", "yearly") == snapshot("exit 0\n")
    assert ratchet("schedule", "show", "yearly") == snapshot("""\
exit 3
--- stderr
Error: There is no schedule `yearly`
Hint: `ratchet schedule list` shows those that there are
""")


@contextmanager
def started_worker() -> Iterator[subprocess.Popen[str]]:
    """Lend a worker that has said that it works."""
    command = [sys.executable, "-m", "ratchet", "worker"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            assert re.fullmatch(r"\S+ works on jobs\n", process.stderr.readline())
            yield process
        finally:
            process.kill()


def test_a_worker_works_until_it_is_told_to_stop(
    ratchet: Command, data: str, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RATCHET_SERVER__DATABASE__URL", postgres.make_database())
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    with started_worker() as first, started_worker() as second:
        jobs = [stdout_of(ratchet("job", "create", "total", "--set", f"name=n{number}")) for number in range(6)]
        for job in jobs:
            assert ratchet("job", "watch", job).startswith("exit 0\n")
        for process in (first, second):
            process.send_signal(signal.SIGTERM)
        for process in (first, second):
            assert process.stderr is not None
            assert process.stderr.read() == "No more jobs are taken; waiting for those at work\n"
            assert process.wait(PATIENCE_SECONDS) == 0
    assert "Nobody works on jobs now; `ratchet serve` does" in ratchet("job", "create", "total")


@pytest.mark.usefixtures("data")
def test_a_server_shows_what_the_workers_of_every_node_run(
    folder: Path, tmp_path: Path, make_task: MakeTask, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task("() => { for (;;) {} }", name="tasks/endless")
    set_up = {"SERVER__DATABASE__URL": postgres.make_database(), "JOBS__SLOTS": "1"}
    environment = {f"RATCHET_{name}": value for name, value in set_up.items()}
    for name, value in {**environment, "PYTHONPATH": os.pathsep.join(sys.path)}.items():
        monkeypatch.setenv(name, value)
    away = tmp_path / "away"
    away.mkdir()
    with (
        start_server(away, "--tasks", str(folder / "tasks"), environment=environment) as server,
        started_worker(),
    ):
        jobs = {server.ask("POST", "/api/v1/jobs", {"task": "endless"}).json()["id"] for _ in range(2)}
        running: dict[str, list[str]] = {}
        nodes: list[dict[str, Any]] = []
        while {each for found in running.values() for each in found} != jobs:
            nodes = server.get("/api/v1/workers?count=exact")["data"]
            running = {node["id"]: [each["job_id"] for each in node["executions"]] for node in nodes}
        assert [len(found) for found in running.values()] == [1, 1]
        ids = {each["id"]: node["id"] for node in nodes for each in node["executions"]}
        answers = {each: server.ask("GET", f"/api/v1/executions/{each}") for each in ids}
        (there,) = (each for each, answer in answers.items() if answer.status_code == 404)
        expected = f"The execution `{there}` is under way on the node `{ids[there]}`"
        assert answers[there].json()["detail"] == expected


def test_a_server_is_asked_as_the_local_database_is(
    ratchet: Command, folder: Path, tmp_path: Path, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_task(LOUD, name="tasks/total")
    away = tmp_path / "away"
    away.mkdir()
    with start_server(away, "--tasks", str(folder / "tasks")) as server:
        to_server = ("--connect", server.url)
        assert ratchet("job", "list", *to_server) == snapshot("""\
exit 3
--- stderr
Error: This needs the key of the server
Hint: `RATCHET_SERVER__API_KEY` holds the key that the server printed at its first start
""")
        monkeypatch.setenv("RATCHET_SERVER__API_KEY", str(server.key))
        job = stdout_of(
            ratchet("job", "create", "total", "--set", "name=Ada", "--at", "2020-01-01T00:00:00Z", *to_server)
        )
        assert ratchet("job", "watch", job, *to_server).startswith("exit 0\n")
        assert plain(ratchet("job", "logs", job, *to_server)) == snapshot("""\
exit 0
--- stdout
<n> ms  log    adding
""")
        assert plain(ratchet("job", "list", "--status", "completed", *to_server)) == snapshot("""\
exit 0
--- stdout
<id>  <time>  total@1.2.3  default  completed
""")
        assert stdout_of(ratchet("job", "retry", job, *to_server)) == job
        assert ratchet("job", "watch", job, *to_server).startswith("exit 0\n")
        assert ratchet("job", "cancel", job, *to_server).startswith("exit 3\n")
        assert json.loads(stdout_of(ratchet("job", "stats", *to_server)))["jobs"]["completed"] == 1
        assert ratchet("job", "create", "totl", *to_server) == snapshot("""\
exit 3
--- stderr
Error: There is no task `totl` in any source
Hint: Did you mean `total`?
""")
        assert ratchet("job", "create", "total", "--input", "[]", *to_server).replace(
            str(folder), "<work>"
        ) == snapshot("""\
exit 3
--- stderr
Error: The input does not fit `<work>/tasks/total/input.schema.json`
  Expected an object, got an array
Hint: See `<work>/tasks/total/input.schema.json` for what the task takes
""")
        ratchet("schedule", "create", "yearly", "total", "0 9 29 2 *", "--set", "name=Ada", *to_server)
        ratchet("schedule", "update", "yearly", "--priority", "high", *to_server)
        assert plain(ratchet("schedule", "list", *to_server)) == snapshot("""\
exit 0
--- stdout
yearly  <time>  0 9 29 2 * UTC  total  0
""")
        assert json.loads(stdout_of(ratchet("schedule", "show", "yearly", "--json", *to_server)))["priority"] == 75
        assert ratchet("schedule", "disable", "yearly", *to_server).startswith("exit 0\n")
        assert ratchet("schedule", "enable", "yearly", *to_server).startswith("exit 0\n")
        assert len(stdout_of(ratchet("schedule", "preview", "yearly", "--count", "2", *to_server)).splitlines()) == 2
        triggered = stdout_of(ratchet("schedule", "trigger", "yearly", *to_server))
        assert triggered in ratchet("job", "list", "--schedule", "yearly", *to_server)
        assert ratchet("schedule", "delete", "yearly", *to_server) == "exit 0\n"
    gone = ratchet("job", "list", *to_server)
    assert re.sub(r"port \d+", "port <port>", gone) == snapshot("""\
exit 6
--- stderr
Error: The server does not answer: No connection to `127.0.0.1` at port <port>: Connection refused
""")
    assert ratchet("job", "list", "--connect", "somewhere") == snapshot("""\
exit 3
--- stderr
Error: `--connect` is no URL of a server: `somewhere` is no absolute URL
Hint: Write it as in `http://127.0.0.1:8080`
""")
