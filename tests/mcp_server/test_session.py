"""A model at work, from an empty folder to a task that is a tool: one session over real stdio, in both eras."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mcp_server.raw_client import MODERN, PATIENCE_SECONDS, RawClient, start_server
from tests.registry.web import Site, serve

ERAS: dict[str, dict[str, Any]] = {"2025-11-25": {}, "2026-07-28": {"_meta": MODERN}}
SOURCE = """export default async ({ cents }) => {
  const rates = await (await fetch('{url}rates.json')).json();
  return { price: Math.round(cents * rates.euro.rate) };
};
"""
MENDED = SOURCE.replace("rates.euro.rate", "rates.eur")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Return a real service, which the mocks stand for."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "rates.json").write_text('{"eur": 0.5}')
    with serve(tmp_path / "site") as site:
        yield site


class Session:
    """Calls tools and takes what they give back.

    Args:
        params: What each request says in the era.
    """

    def __init__(self, client: RawClient, params: dict[str, Any]) -> None:
        self._client = client
        self._params = params

    def call(self, tool: str, *, fails: bool = False, **arguments: Any) -> Any:
        """Call a tool; its text and its structured value say the same."""
        result = self._client.call(tool, arguments, **self._params)
        assert result.get("isError", False) is fails, result
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        return result["structuredContent"]

    def tools(self) -> dict[str, Any]:
        """Return the tools as they are now, by name."""
        listed = self._client.ask("tools/list", self._params)["result"]["tools"]
        return {tool["name"]: tool for tool in listed}

    def wait_for_tool(self, name: str, digest: str) -> Any:
        """Return the tool of a task as soon as it is there with this content."""
        ends = time.monotonic() + PATIENCE_SECONDS
        while self.tools().get(name, {}).get("_meta", {}).get("ratchet/digest") != digest:
            assert time.monotonic() < ends, sorted(self.tools())
        return self.tools()[name]


@pytest.mark.parametrize("params", ERAS.values(), ids=list(ERAS))
def test_a_model_writes_tests_mends_publishes_calls_records_and_replays(
    tmp_path: Path, site: Site, params: dict[str, Any]
) -> None:
    folder = tmp_path / "tasks"
    folder.mkdir()
    (tmp_path / "named.yaml").write_text("permissions: {private_networks: [127.0.0.1]}\n")
    with start_server(tmp_path, "--tasks", str(folder), configuration=str(tmp_path / "named.yaml")) as client:
        if not params:
            client.initialize()
        session = Session(client, params)
        assert session.call("list_tasks")["total"] == 0

        mock = {"http": [{"url": f"{site.url}rates.json", "method": "GET", "response": {"eur": 2}}]}
        case = {"name": "three cents", "input": {"cents": 3}, "mock": mock, "expected_output": {"price": 6}}
        price: dict[str, Any] = {"type": "object", "properties": {"price": {"type": "integer"}}, "required": ["price"]}
        made = session.call(
            "create_task",
            name="price",
            description="Says what something costs in euro",
            source=SOURCE.replace("{url}", site.url),
            input_schema={"type": "object", "properties": {"cents": {"type": "number"}}, "required": ["cents"]},
            output_schema=price,
            cases=[case],
            permissions={"net": [site.url.split("/")[2]], "methods": ["GET"]},
        )
        assert (made["task"], made["valid"]) == ("price@0.1.0", True)

        failed = session.call("run_task_tests", task="price")
        assert (failed["all_passed"], failed["failed"]) == (False, 1)
        debugged = session.call("debug_task", fails=True, task="price", case="three cents")
        assert (debugged["case"]["passes"], debugged["requests"][0]["from"]) == (False, "mock")
        analysis = session.call("analyze_error", execution_id=debugged["execution_id"])
        assert (analysis["code"], analysis["file"]) == ("script_error", str(folder / "price" / "main.js"))
        assert "rates.euro.rate" in next(line for line in analysis["source"] if line.startswith("3: "))
        assert analysis["requests"][0]["status"] == 200
        assert "price" not in session.tools()

        mended = session.call("edit_task", task="price", source=MENDED.replace("{url}", site.url))
        tested = session.call("run_task_tests", task="price")
        assert (tested["all_passed"], tested["passed"], tested["digest"]) == (True, 1, mended["digest"])
        assert site.asked == []

        tool = session.wait_for_tool("price", mended["digest"])
        assert tool["inputSchema"]["required"] == ["cents"]
        assert session.call("price", cents=20) == {"price": 10}

        first = {"id": "first", "task": "price", "input": {"cents": 8}}
        second = {"id": "second", "task": "price", "input": {"cents": {"$output": "first", "pointer": "/price"}}}
        batch = session.call("batch_execute", requests=[second, first])
        assert [each["output"] for each in batch["results"]] == [{"price": 2}, {"price": 4}]
        assert len(site.asked) == 3

        identity = batch["results"][0]["execution_id"]
        recorded = session.call("record_execution", execution_id=identity, case_name="as it was")
        assert (recorded["passes"], recorded["case"]["expected_output"]) == (True, {"price": 2})
        assert session.call("run_task_tests", task="price")["passed"] == 2
        replayed = session.call("replay_execution", execution_id=identity, task="price")
        assert (replayed["same"], replayed["execution"]["output"]) == (True, {"price": 2})
        assert len(site.asked) == 3
        assert session.wait_for_tool("price", recorded["digest"])["outputSchema"]["required"] == ["price"]
