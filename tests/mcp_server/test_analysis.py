"""What `analyze_error` says may have caused a failure, and what to call next."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.mcp_server.calling import call
from tests.mcp_server.raw_client import RawClient, start_server
from tests.mcp_server.test_recording import create
from tests.registry.web import Site, serve


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with serve(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawClient]:
    folder = tmp_path_factory.mktemp("analysed") / "tasks"
    folder.mkdir()
    config = folder.parent / "ratchet.yaml"
    config.write_text("permissions: {private_networks: [127.0.0.1]}\n")
    with start_server(folder.parent, "--tasks", str(folder), configuration=str(config)) as client:
        client.initialize()
        yield client


def analysis_of(client: RawClient, tool: str = "execute_task", **arguments: Any) -> Any:
    """Return the analysis of what fails."""
    return call(client, "analyze_error", execution_id=call(client, tool, **arguments)["execution_id"])


def test_requests_that_failed_are_causes_the_last_first(client: RawClient, site: Site) -> None:
    source = f"""export default async () => {{
  await fetch('{site.url}one').catch(() => null);
  await fetch('https://10.0.0.1/').catch(() => null);
  throw new Error('no luck');
}};"""
    create(client, "asking", source)
    causes = analysis_of(client, task="asking", input=None)["causes"]
    assert causes[0].startswith("`GET https://10.0.0.1/` got no answer: `10.0.0.1` is not a public address")
    assert causes[1] == f"`GET {site.url}one` answered 404"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("export default () => { for (;;) {} };", "a loop may not end"),
        ("export default () => new Promise((resolve) => setTimeout(resolve, 60000));", "waited for the rest"),
    ],
    ids=["loop", "wait"],
)
def test_where_the_time_went_is_told(client: RawClient, source: str, words: str) -> None:
    name = words.split()[-1]
    create(client, name, source)
    analysis = analysis_of(client, task=name, input=None, timeout_seconds=0.5)
    assert analysis["code"] == "time_limit"
    assert words in analysis["causes"][0]


def test_what_does_not_fit_is_told_with_its_pointer(client: RawClient) -> None:
    source = "export default () => ({ price: null });"
    schema = {"type": "object", "properties": {"price": {"type": "number"}}}
    seen = analysis_of(client, "debug_task", source=source, output_schema=schema)
    assert seen["causes"] == ["The output at `/price`: Expected a number, got null"]
    assert (seen["task"], seen["next"]) == ("draft@0.1.0", None)


def test_the_next_call_shows_the_task_or_what_a_change_has_done(client: RawClient) -> None:
    create(client, "changed", "export default () => nothing.at.all;")
    failed = call(client, "execute_task", task="changed", input=None)["execution_id"]
    assert call(client, "analyze_error", execution_id=failed)["next"] == 'describe_task {"task": "changed"}'
    call(client, "edit_task", task="changed", source="export default () => 1;")
    name, _, arguments = call(client, "analyze_error", execution_id=failed)["next"].partition(" ")
    replayed = call(client, name, **json.loads(arguments))
    assert (name, replayed["same"], replayed["execution"]["output"]) == ("replay_execution", False, 1)


def test_what_ran_on_mocks_alone_is_not_replayed(client: RawClient) -> None:
    create(client, "mocked", "export default () => nothing.at.all;")
    failed = call(client, "debug_task", task="mocked", case={"input": None})["execution_id"]
    call(client, "edit_task", task="mocked", source="export default () => 1;")
    assert call(client, "analyze_error", execution_id=failed)["next"] == 'describe_task {"task": "mocked"}'
