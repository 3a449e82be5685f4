"""Executions over MCP that become cases, and that happen again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

from ratchet.execution.memory_recorder import MemoryRecorder
from ratchet.execution.run import run
from ratchet.execution.runtime import Runtime
from tests.conftest import MakeTask
from tests.mcp_server.calling import call
from tests.mcp_server.raw_client import RawClient, start_server
from tests.registry.web import Site, serve

PRICE = """export default async ({ cents }) => {
  const { rate } = await (await fetch('{url}rate.json')).json();
  return { price: cents * rate, lucky: Math.random(), at: new Date().toISOString() };
};
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    (folder / "rate.json").write_text('{"rate": 2}')
    with serve(folder) as site:
        yield site


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recorded") / "tasks"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[RawClient]:
    config = folder.parent / "ratchet.yaml"
    config.write_text("permissions: {private_networks: [127.0.0.1]}\n")
    with start_server(folder.parent, "--config", str(config), "--tasks", str(folder)) as client:
        client.initialize()
        yield client


def create(client: RawClient, name: str, source: str, **more: Any) -> None:
    """Create a task that takes and gives back anything."""
    made = call(
        client, "create_task", name=name, description=name, source=source, input_schema={}, output_schema={}, **more
    )
    assert made["valid"], made


def execute(client: RawClient, task: str, value: Any) -> str:
    """Run a task and return the id of the execution."""
    identity: str = call(client, "execute_task", task=task, input=value)["execution_id"]
    return identity


def test_what_happened_becomes_a_case_that_needs_no_network(client: RawClient, folder: Path, site: Site) -> None:
    create(client, "price", PRICE.replace("{url}", site.url), permissions={"net": [f"http://127.0.0.1:{port(site)}/"]})
    identity = execute(client, "price", {"cents": 3})
    asked = len(site.asked)
    made = call(client, "record_execution", execution_id=identity, case_name="Three cents")
    assert (made["passes"], made["reasons"]) == (True, [])
    assert made["file"] == str(folder / "price" / "tests" / "three-cents.json")
    case = json.loads(Path(made["file"]).read_text())
    assert case == made["case"]
    assert case["mock"]["http"][0]["response"]["body"] == {"rate": 2}
    assert case["expected_output"]["price"] == 6
    tested = call(client, "run_task_tests", task="price")
    assert (tested["all_passed"], tested["passed"], tested["digest"]) == (True, 1, made["digest"])
    assert len(site.asked) == asked
    assert Path(made["former"]).parent == folder / ".ratchet-former" / "price"


def port(site: Site) -> str:
    return site.url.rpartition(":")[2].rstrip("/")


def test_a_replay_is_the_same_and_tells_what_a_change_does(client: RawClient, site: Site) -> None:
    create(client, "rate", PRICE.replace("{url}", site.url))
    identity = execute(client, "rate", {"cents": 3})
    asked = len(site.asked)
    again = call(client, "replay_execution", execution_id=identity)
    assert (again["same"], again["changes"], again["notes"]) == (True, [], [])
    assert again["execution"]["output"]["price"] == 6
    changed = PRICE.replace("{url}", site.url).replace("cents * rate", "cents * rate + 1")
    call(client, "edit_task", task="rate", source=changed)
    assert call(client, "replay_execution", execution_id=identity)["same"] is True
    differing = call(client, "replay_execution", execution_id=identity, task="rate")
    assert (differing["same"], differing["changes"], differing["notes"]) == snapshot(
        (
            False,
            [{"what": "output", "pointer": "/price", "message": "`6` became `7`"}],
            ["The task is not the one that was recorded"],
        )
    )
    recorded = call(client, "record_execution", execution_id=identity)
    assert (recorded["passes"], recorded["reasons"][0]) == snapshot(
        (False, "The output differs at `/price`: expected `6`, got `7`")
    )
    assert len(site.asked) == asked


def test_a_failure_is_expected_from_then_on(client: RawClient) -> None:
    create(client, "failing", "export default () => { throw new RangeError('too far'); };")
    made = call(client, "record_execution", task="failing", case_name="fails")
    assert made["case"]["expected_error"] == {"code": "script_error", "name": "RangeError", "message": "too far"}
    assert made["passes"] is True


def test_a_network_that_failed_becomes_a_case_that_passes(client: RawClient) -> None:
    create(client, "unheard", "export default async () => { await fetch('http://127.0.0.1:1/'); };")
    made = call(client, "record_execution", task="unheard", input={}, case_name="refused")
    assert (made["passes"], made["case"]["expected_error"]) == (True, {"code": "script_error", "name": "NetworkError"})


def test_what_a_called_task_gave_back_is_kept_in_a_recording_beside_the_case(client: RawClient, folder: Path) -> None:
    create(client, "six", "export default () => Math.random();")
    create(
        client,
        "asking",
        "export default async (input, context) => context.call('six');",
        permissions={"tasks": ["six"]},
    )
    made = call(client, "record_execution", task="asking", case_name="asks")
    assert made["case"]["recording"] == f"asks-{made['execution_id'][-8:]}.ratchet"
    assert made["passes"] is True
    again = call(client, "replay_execution", recording=f"asking/tests/{made['case']['recording']}")
    assert (again["same"], again["execution"]["output"]) == (True, made["case"]["expected_output"])
    assert call(client, "run_task_tests", task="asking")["all_passed"] is True


@pytest.mark.parametrize("path", ["../x.ratchet", "/etc/passwd", "a//b", "", "link/tests/asks.ratchet", "a\\b", "a\n"])
def test_a_recording_is_read_from_the_folder_alone(client: RawClient, folder: Path, path: str) -> None:
    if not (folder / "link").is_symlink():
        (folder / "link").symlink_to(folder.parent)
    assert call(client, "replay_execution", recording=path)["error"]["code"] == "invalid_input"
    (folder / "link").unlink()


def test_what_is_no_recording_is_refused(client: RawClient, folder: Path) -> None:
    create(client, "plain", "export default () => 1;")
    assert call(client, "replay_execution", recording="plain")["error"]["code"] == "invalid_recording"
    assert call(client, "replay_execution", recording="nowhere")["error"]["code"] == "not_found"


def test_what_is_cancelled_or_under_way_or_unknown_is_not_recorded(client: RawClient) -> None:
    create(client, "looping", "export default () => { for (;;) {} };")
    running = call(client, "execute_task", task="looping", input=None, wait_seconds=0)["execution_id"]
    assert call(client, "replay_execution", execution_id=running)["error"]["code"] == "conflict"
    call(client, "cancel_execution", execution_id=running)
    assert "was cancelled" in call(client, "record_execution", execution_id=running)["error"]["message"]
    unknown = "019a0c5e-7d3b-7000-8000-000000000000"
    assert call(client, "record_execution", execution_id=unknown)["error"]["code"] == "not_found"
    for tool in ("record_execution", "replay_execution"):
        assert call(client, tool)["error"]["code"] == "invalid_input"


def test_a_task_of_megabytes_is_replayed_as_it_ran_and_explained(client: RawClient) -> None:
    source = "import { text } from './text.js';\nexport default () => { throw new Error(text.length); };"
    create(client, "heavy", source, files={"text.js": f"export const text = '{'x' * 2_000_000}';\n"})
    identity = execute(client, "heavy", None)
    call(client, "edit_task", task="heavy", files={"text.js": "export const text = '';"})
    again = call(client, "replay_execution", execution_id=identity)
    assert (again["same"], again["execution"]["error"]["message"]) == (True, "2000000")
    assert call(client, "analyze_error", execution_id=identity)["source"][1].startswith("2: export default () =>")


def test_a_case_of_a_task_elsewhere_is_given_back_and_not_written(tmp_path: Path, tasks: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    with start_server(tmp_path, "--tasks", str(own), "--tasks", str(tasks)) as client:
        client.initialize()
        made = call(client, "record_execution", task="total", input={"items": [1]}, case_name="one")
    assert (made["file"], made["passes"], made["case"]["expected_output"]) == (None, None, {"total": 1})
    assert not (tasks / "total" / "tests").exists()
    assert list(own.iterdir()) == []


def test_an_execution_of_an_earlier_server_becomes_a_case(tmp_path: Path, tasks: Path) -> None:
    (tmp_path / "named.yaml").write_text(f"data: {{folder: {tmp_path / 'data'}}}\n")
    options = ["--config", str(tmp_path / "named.yaml"), "--tasks", str(tasks)]
    with start_server(tmp_path, *options) as client:
        client.initialize()
        identity = execute(client, "total", {"items": [2]})
    with start_server(tmp_path, *options) as client:
        client.initialize()
        assert call(client, "replay_execution", execution_id=identity)["same"] is True
        made = call(client, "record_execution", execution_id=identity, case_name="two")
    assert (made["file"], made["passes"]) == (str(tasks / "total" / "tests" / "two.json"), True)


def test_a_read_only_server_replays_and_does_not_record(tmp_path: Path, tasks: Path) -> None:
    with start_server(tmp_path, "--tasks", str(tasks), "--read-only") as client:
        client.initialize()
        names = {tool["name"] for tool in client.ask("tools/list")["result"]["tools"]}
        assert names & {"record_execution", "replay_execution"} == {"replay_execution"}
        identity = execute(client, "total", {"items": [2]})
        assert call(client, "replay_execution", execution_id=identity)["same"] is True
        refused = call(client, "replay_execution", recording="total")
    assert refused["error"]["hint"] == "Name an `execution_id`"


def test_the_oldest_make_room(runtime: Runtime, make_task: MakeTask) -> None:
    recorder = MemoryRecorder(7000)
    task = make_task("export default (input) => input;")
    executions = [run(runtime, task, "x" * 1000, recorder=recorder) for _ in range(5)]
    large = run(runtime, task, "x" * 4000, recorder=recorder)
    kept = [recorder.find(execution.id) is not None for execution in [*executions, large]]
    assert kept == [False, False, True, True, True, False]
    assert large.recording is None
    recorder.forget(executions[4].id)
    assert recorder.find(executions[4].id) is None
