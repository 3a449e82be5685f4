"""Recordings that are asked for outlive the server, and are listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ratchet.cli import main
from tests.mcp_server.conftest import write_tasks
from tests.server.conftest import Served, run, start_server

RECORDINGS = "/api/v1/recordings"


def ids(served: Served, query: str = "") -> list[str]:
    return [row["id"] for row in served.get(f"{RECORDINGS}{query}")["data"]]


def test_what_is_asked_to_be_recorded_is_replayed_after_the_server(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    write_tasks(tmp_path / "tasks")
    with start_server(tmp_path, "--tasks", "tasks") as served:
        loud = run(served, "loud", None, record=True).json()
        total = run(served, "total", {"items": [1, 2]}, record=True).json()
        run(served, "total", {"items": []})
        assert ids(served) == [total["id"], loud["id"]]
    with start_server(tmp_path, "--tasks", "tasks", "--new-key") as served:
        assert ids(served, "?task=loud&count=exact") == [loud["id"]]
        assert ids(served, f"?limit=1&after={total['id']}") == [loud["id"]]
        assert served.ask("GET", f"{RECORDINGS}?status=failed").status_code == 400
        kept = served.get(f"{RECORDINGS}/{total['id']}")
        assert (kept["task"]["name"], kept["recording"]) == ("total", total["recording"])
        assert {"session.json", "requests.har"} <= {file["path"] for file in kept["files"]}
        (tmp_path / "total.ratchet").write_bytes(
            served.ask("GET", f"/api/v1/executions/{total['id']}/recording").content
        )
    assert main(["replay", str(tmp_path / "total.ratchet")]) == 0
    assert capfd.readouterr().out.endswith("total.ratchet: the same\n")


def test_what_is_not_recorded_has_no_recording(server: Served) -> None:
    assert server.ask("GET", f"{RECORDINGS}/019a0c5e-7d3b-7000-8000-000000000000").status_code == 404
    assert server.ask("GET", f"{RECORDINGS}/nothing").status_code == 400
