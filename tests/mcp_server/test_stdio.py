"""`ratchet mcp` on stdio: nothing but messages, both eras, and an end when the client is gone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mcp_server.raw_client import MODERN, PATIENCE_SECONDS, ROOT, RawClient, start_server
from tests.sandbox.processes import assert_gone, descendants_of, wait_until, watch, watch_descendants

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="looks at processes and sends signals")
HANDSHAKE = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "raw", "version": "1"}}


def start_endless(client: RawClient) -> None:
    """Start a task that never ends, and wait until its worker is there."""
    client.send("tools/call", {"name": "execute_task", "arguments": {"task": "endless", "input": None}})
    wait_until(lambda: bool(descendants_of(client.process.pid)))


def test_a_server_of_no_tasks_starts_in_any_folder(tmp_path: Path) -> None:
    with start_server(tmp_path) as client:
        answer = client.initialize()["result"]
        assert answer["serverInfo"]["name"] == "ratchet"
        assert client.call("list_tasks", {})["structuredContent"]["tasks"] == []


def test_the_newer_era_is_served_without_a_handshake(tmp_path: Path, tasks: Path) -> None:
    with start_server(tmp_path, "--tasks", str(tasks)) as client:
        discovered = client.ask("server/discover", {"_meta": MODERN})["result"]
        assert discovered["supportedVersions"] == ["2026-07-28"]
        result = client.call("execute_task", {"task": "total", "input": {"items": [1, 2]}}, _meta=MODERN)
        assert result["structuredContent"]["output"] == {"total": 3}
        assert result["resultType"] == "complete"


def test_a_client_may_discover_and_then_choose_the_older_era(tmp_path: Path) -> None:
    with start_server(tmp_path) as client:
        assert "result" in client.ask("server/discover", {"_meta": MODERN})
        assert client.initialize()["result"]["protocolVersion"] == "2025-11-25"
        assert client.ask("tools/list")["result"]["tools"]


def test_what_is_no_message_is_answered_and_passed_over(tmp_path: Path) -> None:
    with start_server(tmp_path) as client:
        client.write(b"\xff\x00 garbage\n\n[1]\n")
        assert [client.read()["error"]["code"] for _ in range(2)] == [-32700, -32600]
        client.initialize()
        client.write(b'{"jsonrpc": "2.0"\n')
        assert client.read() == {
            "jsonrpc": "2.0",
            "id": None,
            "error": {"code": -32700, "message": "The line is not JSON"},
        }
        assert client.ask("ping")["result"] == {}


def test_the_last_request_is_answered_when_stdin_ends_with_it(tmp_path: Path, tasks: Path) -> None:
    with start_server(tmp_path, "--tasks", str(tasks)) as client:
        client.send("initialize", HANDSHAKE)
        client.send("notifications/initialized", notify=True)
        last = client.send("tools/call", {"name": "execute_task", "arguments": {"task": "loud", "input": None}})
        assert client.process.stdin is not None
        client.process.stdin.close()
        messages = [json.loads(line) for line in client.rest().splitlines()]
        assert messages[-1]["id"] == last
        assert messages[-1]["result"]["structuredContent"]["console"] == ["a line"]


def test_a_message_cut_short_by_the_end_ends_the_server(tmp_path: Path) -> None:
    with start_server(tmp_path) as client:
        client.initialize()
        client.write(b'{"jsonrpc": "2.0", "id": 9, "met')
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert client.process.wait(PATIENCE_SECONDS) == 0


_CHATTER = """\
import os, sys

def chatter(event, _):
    if event == "open" and "ratchet.mcp_server.protocol" in sys.modules:
        os.write(1, b"raw\\n")
        print("printed")
        print("written", file=sys.__stdout__, flush=True)

sys.addaudithook(chatter)
"""


def test_what_libraries_print_never_reaches_the_wire(tmp_path: Path, tasks: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_CHATTER)
    with subprocess.Popen(
        [sys.executable, "-m", "ratchet", "mcp", "--tasks", str(tasks)],
        cwd=tmp_path, env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "HOME": str(tmp_path)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        client = RawClient(process)
        client.initialize()
        assert client.call("execute_task", {"task": "total", "input": {"items": [1]}})["isError"] is False
        assert process.stdin is not None
        process.stdin.close()
        assert client.rest() == b""
        assert process.stderr is not None
        assert {"raw", "printed", "written"} <= set(process.stderr.read().decode().splitlines())


def test_answers_that_the_client_reads_late_are_all_there(tmp_path: Path) -> None:
    with start_server(tmp_path) as client:
        client.initialize()
        # Their answers are more than a pipe holds.
        asked = {client.send("ping") for _ in range(5000)}
        assert {client.read()["id"] for _ in asked} == asked


@pytest.mark.parametrize("end", ["stdin", "SIGTERM"])
def test_a_client_that_never_reads_does_not_keep_the_server(tmp_path: Path, end: str) -> None:
    with start_server(tmp_path) as client:
        client.initialize()
        # Far more than a pipe holds.
        for _ in range(40):
            client.send("tools/list")
        assert client.process.stdin is not None
        if end == "stdin":
            client.process.stdin.close()
        else:
            client.process.send_signal(signal.SIGTERM)
        assert client.process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.parametrize("end", ["stdin", "stdout", "SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"])
def test_an_end_takes_the_workers_with_it(tmp_path: Path, tasks: Path, end: str) -> None:
    with start_server(tmp_path, "--tasks", str(tasks)) as client:
        client.initialize()
        start_endless(client)
        processes = [watch(client.process.pid), *watch_descendants(client.process.pid)]
        assert client.process.stdin is not None
        assert client.process.stdout is not None
        if end == "stdin":
            client.process.stdin.close()
        elif end == "stdout":
            client.process.stdout.close()
            client.send("ping")
        else:
            client.process.send_signal(getattr(signal, end))
        assert_gone(processes)


def test_the_end_of_the_parent_is_the_end(tmp_path: Path) -> None:
    # The grandparent, this test, still holds the other end of stdin.
    start = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-m', 'ratchet', 'mcp']).pid, flush=True)"
    environment = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    code = f"{start}; sys.stdin.buffer.raw.read(1)"
    command = [sys.executable, "-c", code.replace("sys.stdin.buffer.raw.read(1)", "import time; time.sleep(60)")]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, env=environment, cwd=tmp_path, **pipes) as parent:
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        client = RawClient(parent)
        client.initialize()
        watched = watch(server)
        parent.kill()
        assert_gone([watched])
        os.waitid(os.P_PID, parent.pid, os.WEXITED | os.WNOWAIT)


def test_a_client_that_goes_while_the_server_starts_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "mcp").mkdir()
    endless = "import sys, threading\nprint('begun', file=sys.stderr, flush=True)\nthreading.Event().wait()\n"
    (tmp_path / "mcp" / "__init__.py").write_text(endless)
    with subprocess.Popen(
        [sys.executable, "-m", "ratchet", "mcp"],
        cwd=tmp_path, env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "HOME": str(tmp_path)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            assert process.stderr.readline() == b"begun\n"
            process.stdout.close()
            assert process.wait(PATIENCE_SECONDS) == 0
        finally:
            process.kill()


def test_a_folder_that_is_not_there_is_refused_before_anything_is_served(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-m", "ratchet", "mcp-serve", "--tasks", "nowhere"],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (process.returncode, process.stdout) == (3, "")
    assert process.stderr == "Error: There is no folder `nowhere`\nHint: Name a folder of tasks\n"
