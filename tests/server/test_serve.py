"""`ratchet serve` as a command: its key, its words, its end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from inline_snapshot import snapshot

from ratchet.config.generate import TYPES, generate_yaml
from tests.mcp_server.conftest import write_task, write_tasks
from tests.server.conftest import PATIENCE_SECONDS, environment_of, run, start_server

TASKS = "/api/v1/tasks"


def serve(folder: Path, *arguments: str, **variables: str) -> tuple[int, str, str]:
    """Run `ratchet serve` to its end."""
    command = [sys.executable, "-m", "ratchet", "serve", *arguments]
    environment = {**environment_of(folder), **variables}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
    return done.returncode, done.stdout, done.stderr


def test_the_key_is_shown_once_and_kept_as_a_digest(tmp_path: Path) -> None:
    with start_server(tmp_path) as first:
        assert first.key is not None
        assert first.key.startswith("ratchet_")
    with start_server(tmp_path) as second:
        assert second.key is None
        assert second.ask("GET", TASKS, headers={"Authorization": f"Bearer {first.key}"}).status_code == 200
    with start_server(tmp_path, "--new-key") as third:
        assert third.ask("GET", TASKS, headers={"Authorization": f"Bearer {first.key}"}).status_code == 401
        assert third.ask("GET", TASKS).status_code == 200
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*.db*"))
    assert first.key.encode() not in kept


def test_a_key_of_the_configuration_is_the_only_one(tmp_path: Path) -> None:
    key = "k" * 40
    given = {"RATCHET_SERVER__API_KEY": "env:THE_KEY", "THE_KEY": key}
    with start_server(tmp_path, environment=given) as served:
        assert served.key is None
        assert served.ask("GET", TASKS, headers={"Authorization": f"Bearer {key}"}).status_code == 200
        assert served.ask("GET", TASKS).status_code == 401


def test_without_a_key_only_this_machine_is_served(tmp_path: Path) -> None:
    with start_server(tmp_path, environment={"RATCHET_SERVER__REQUIRE_KEY": "false"}) as served:
        assert served.key is None
        assert served.ask("GET", TASKS).status_code == 200
    assert serve(tmp_path, "--host", "0.0.0.0", RATCHET_SERVER__REQUIRE_KEY="false") == snapshot(
        (
            3,
            "",
            """\
Error: `0.0.0.0` can be reached from elsewhere, and no key is asked for
Hint: Set `server.require_key: true`, or listen on 127.0.0.1
""",
        )
    )


def test_a_certificate_that_cannot_be_used_is_said_before_a_key_is_shown(tmp_path: Path) -> None:
    tls = {"RATCHET_SERVER__TLS__CERTIFICATE": "made.pem", "RATCHET_SERVER__TLS__KEY": "made.pem"}
    assert serve(tmp_path, "--port", "0", **tls) == snapshot(
        (
            3,
            "",
            """\
Error: `server.tls.certificate` and `server.tls.key` cannot be used: No such file or directory
Hint: Name files in PEM, of which the key has no pass phrase
""",
        )
    )
    (tmp_path / "made.pem").write_text("no certificate")
    assert serve(tmp_path, "--port", "0", **tls) == snapshot(
        (
            3,
            "",
            """\
Error: `server.tls.certificate` and `server.tls.key` cannot be used: They are no pair
Hint: Name files in PEM, of which the key has no pass phrase
""",
        )
    )


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with start_server(tmp_path) as served:
        port = served.url.rpartition(":")[2]
        code, _, said = serve(tmp_path, "--port", port)
    assert (code, said.replace(port, "PORT")) == snapshot(
        (
            6,
            """\
Error: `127.0.0.1`, port PORT, cannot be listened on: Address already in use
Hint: Name another with `--host` and `--port`; port 0 is any that is free
""",
        )
    )


def test_a_name_that_stands_for_no_address_is_said(tmp_path: Path) -> None:
    code, _, said = serve(tmp_path, "--host", "nowhere.invalid")
    assert (code, said.count("Errno")) == (6, 0)
    assert said.startswith("Error: `nowhere.invalid`, port 8080, cannot be listened on: ")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert serve(tmp_path, "--tasks", "nowhere") == snapshot(
        (3, "", "Error: There is no folder `nowhere`\nHint: Name a folder of tasks\n")
    )


def test_one_request_is_answered_without_serving(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    code, shown, said = serve(tmp_path, "--tasks", "tasks", "--get", f"{TASKS}?name_like=o&limit=1&_order=desc")
    assert (code, said) == (0, "")
    assert [task["name"] for task in json.loads(shown)["data"]] == ["total"]
    code, shown, said = serve(tmp_path, "--tasks", "tasks", "--get", f"{TASKS}/missing")
    assert (code, said, json.loads(shown)["code"]) == (3, "", "not_found")
    assert serve(tmp_path, "--get", "health")[0] == 2


def test_a_signal_is_heard_as_soon_as_the_server_says_that_it_serves(tmp_path: Path) -> None:
    with start_server(tmp_path) as served:
        assert served.stop() == (0, "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_executions_end(tmp_path: Path, number: int) -> None:
    # Long enough to be seen on a busy machine.
    source = "export default () => new Promise((end) => setTimeout(end, 3000, 'done'));\n"
    write_task(tmp_path / "tasks", "slow", source)
    with start_server(tmp_path, "--tasks", "tasks") as served:
        answers: list[requests.Response] = []
        waiting = threading.Thread(target=lambda: answers.append(run(served, "slow", {})))
        waiting.start()
        while "ratchet_executions_under_way 1.0" not in served.ask("GET", "/metrics").text:
            assert waiting.is_alive()
        assert served.stop(number) == (0, "")
        waiting.join(PATIENCE_SECONDS)
    assert [(answer.status_code, answer.json()["output"]) for answer in answers] == [(200, "done")]


def test_executions_that_take_too_long_are_cancelled_at_the_end(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    hasty = {"RATCHET_SERVER__SHUTDOWN_SECONDS": "0.2"}
    with start_server(tmp_path, "--tasks", "tasks", environment=hasty) as served:
        assert run(served, "endless", {}, wait_seconds=0).status_code == 202
        assert served.stop() == (0, "")


def test_a_second_signal_ends_the_server_at_once(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", "tasks") as served:
        assert run(served, "endless", {}, wait_seconds=0).status_code == 202
        served.process.send_signal(signal.SIGINT)
        with suppress(requests.ConnectionError):
            while served.ask("GET", "/ready"):
                pass
        code, said = served.stop(signal.SIGINT)
    assert (code, said) == (-signal.SIGINT, "")


def test_tests_of_a_task_end_with_the_server(tmp_path: Path) -> None:
    task = write_task(tmp_path / "tasks", "endless", "export default () => { for (;;) {} };\n")
    (task / "tests").mkdir()
    (task / "tests" / "never.json").write_text('{"input": {}, "expected_output": null}')
    with start_server(tmp_path, "--tasks", "tasks", environment={"RATCHET_MCP__PUBLISH": "all"}) as served:
        answers: list[requests.Response] = []
        waiting = threading.Thread(target=lambda: answers.append(served.ask("POST", f"{TASKS}/endless/test", {})))
        waiting.start()
        while served.get("/api/v1/workers/local")["busy"] == 0:
            pass
        assert served.stop() == (0, "")
        waiting.join()
        assert (answers[0].status_code, answers[0].json()["code"]) == (499, "cancelled")


def test_each_request_is_a_line_of_the_log(tmp_path: Path) -> None:
    wanted = {"RATCHET_LOGGING__LEVEL": "info", "RATCHET_LOGGING__FORMAT": "json"}
    with start_server(tmp_path, environment=wanted) as served:
        served.ask(
            "GET", f"{TASKS}?limit=1", headers={"X-Request-Id": "mine", "Upgrade": "h2c", "Connection": "Upgrade"}
        )
        parts = urlsplit(served.url)
        with socket.create_connection((parts.hostname or "", parts.port or 0), PATIENCE_SECONDS) as connection:
            connection.sendall(b"no HTTP\r\n\r\n")
            connection.recv(100)
        _, said = served.stop()
    line, other = [json.loads(line) for line in said.splitlines()]
    assert (other["level"], other["message"]) == ("warning", "Invalid HTTP request received.")
    assert (line["request_id"], line["method"], line["path"], line["status"]) == ("mine", "GET", TASKS, 200)
    assert line["client"] == "127.0.0.1"
    assert line["duration_ms"] > 0


def test_what_other_parts_say_is_in_the_log_too(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", "tasks", environment={"RATCHET_LOGGING__FORMAT": "json"}) as served:
        said = served.said
        while "` is no tool: " not in said:
            assert served.process.stderr is not None
            said += served.process.stderr.readline().decode()
    lines = [json.loads(line) for line in said.splitlines() if not line.startswith(("The API key", "Serving on"))]
    assert {line["logger"].rpartition(".")[0] for line in lines} == {"ratchet.mcp_server"}


@pytest.mark.parametrize("kind", TYPES)
def test_the_server_starts_with_each_generated_file(tmp_path: Path, kind: str) -> None:
    (tmp_path / "made.yaml").write_text(generate_yaml(kind))
    # The repository of the file is an example.
    with start_server(tmp_path, environment={"RATCHET_CONFIG": "made.yaml"}) as served:
        assert served.get("/ready")["status"] == "ok"


def test_metrics_count_what_happened(tmp_path: Path) -> None:
    write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", "tasks") as served:
        run(served, "total", {"items": []})
        run(served, "broken", {})
        served.ask("PROPFIND", TASKS)
        lines = served.ask("GET", "/metrics").text.splitlines()
    for line in (
        'ratchet_executions_total{code="",status="completed"} 1.0',
        'ratchet_executions_total{code="script_error",status="failed"} 1.0',
        "ratchet_execution_duration_seconds_count 2.0",
        "ratchet_execution_queued_seconds_count 2.0",
        'ratchet_http_requests_total{method="POST",route="/api/v1/tasks/{name}/execute",status="200"} 1.0',
        'ratchet_http_requests_total{method="other",route="/api/v1/tasks",status="405"} 1.0',
        "ratchet_executions_under_way 0.0",
        'ratchet_workers{state="busy"} 0.0',
    ):
        assert line in lines
