"""Outputs that are larger than an answer: shortened by their structure, linked, and read page by page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from ratchet.mcp_server.pages import page_of
from ratchet.mcp_server.shortening import shorten, size_of
from ratchet.mcp_server.tool import CheckedTool
from ratchet.mcp_server.tools import TOOLS
from tests.mcp_server.conftest import write_task
from tests.mcp_server.raw_client import MODERN, RawClient, start_server

_ROWS = """export default ({ rows, width }) => ({
  kind: 'rows', rows: Array.from({ length: rows }, (_, index) => ({ index, text: 'é'.repeat(width) })),
});
"""
_VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=60) | st.dictionaries(st.text(max_size=9), inner, max_size=60),
    max_leaves=200,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RawClient]:
    root = tmp_path_factory.mktemp("large")
    write_task(root / "tasks", "rows", _ROWS)
    write_task(root / "tasks", "odd", "export default () => '\\ud800'.repeat(3);\n")
    with start_server(root, "--tasks", str(root / "tasks")) as client:
        client.initialize()
        yield client


def run(client: RawClient, rows: int, width: int = 50, **arguments: Any) -> Any:
    """Run the task; what comes back is one value twice and fits the tool's schema."""
    wanted = {"task": "rows", "input": {"rows": rows, "width": width}, **arguments}
    return checked(client.call("execute_task", wanted), "execute_task")


def checked(result: Any, name: str) -> Any:
    tool = CheckedTool(next(tool for tool in TOOLS if tool.name == name))
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
    assert result["isError"] or tool.fits(result["structuredContent"])
    return result


def read(client: RawClient, uri: str) -> list[Any]:
    """Return the contents of a resource."""
    contents: list[Any] = client.ask("resources/read", {"uri": uri})["result"]["contents"]
    return contents


def test_an_output_that_fits_is_given_whole(client: RawClient) -> None:
    result = run(client, 500)
    assert len(result["content"]) == 1
    assert len(result["structuredContent"]["output"]["rows"]) == 500
    assert "shortened" not in result["structuredContent"]


def test_a_larger_output_keeps_its_head_and_tail_and_links_to_the_rest(client: RawClient) -> None:
    result = run(client, 5000)
    value = result["structuredContent"]
    assert size_of(value) <= 100_000
    rows = [row["index"] for row in value["output"]["rows"]]
    [part] = value["shortened"]["parts"]
    assert rows == [*range(part["first"]), *range(5000 - part["last"], 5000)]
    assert min(part["first"], part["last"]) > 200
    uri = f"ratchet://executions/{value['execution_id']}/output"
    assert part == {
        "pointer": "/output/rows",
        "kind": "items",
        "total": 5000,
        "first": part["first"],
        "last": part["last"],
        "rest": f"{uri}?pointer=/rows&offset={part['first']}",
    }
    assert [block["type"] for block in result["content"]] == ["text", "text", "resource_link"]
    assert result["content"][1]["text"].endswith(
        "One read gives a page; the address of its second content is that of the next page."
    )
    assert part["rest"] in result["content"][1]["text"]
    assert result["content"][2]["uri"] == uri


def test_the_pages_of_an_output_make_it_whole(client: RawClient) -> None:
    value = run(client, 5000)["structuredContent"]
    rows = list(value["output"]["rows"][: value["shortened"]["parts"][0]["first"]])
    uri, pages = value["shortened"]["parts"][0]["rest"], 0
    while True:
        page, words = read(client, uri)
        pages += 1
        assert page["mimeType"] == "application/json"
        assert len(page["text"].encode()) <= 100_000
        rows += json.loads(page["text"])
        if "next page" not in words["text"]:
            break
        uri = words["uri"]
    assert [row["index"] for row in rows] == list(range(5000))
    assert pages > 3


def test_an_output_is_read_from_its_root_and_by_its_parts(client: RawClient) -> None:
    identity = run(client, 2, width=90_000)["structuredContent"]["execution_id"]
    uri = f"ratchet://executions/{identity}/output"
    page, words = read(client, uri)
    assert json.loads(page["text"])["kind"] == "rows"
    assert f"read {uri}?pointer=/rows/0/text" in words["text"]
    text = ""
    following = f"{uri}?pointer=/rows/0/text"
    while "offset" in following or not text:
        page, words = read(client, following)
        text += json.loads(page["text"])
        if words["uri"] == following:
            break
        following = words["uri"]
    assert text == "é" * 90_000


def test_a_caller_may_ask_for_fewer_tokens(client: RawClient) -> None:
    value = run(client, 500, max_tokens=1000)["structuredContent"]
    assert size_of(value) <= 3000
    assert value["shortened"]["parts"][0]["total"] == 500
    again = {"execution_id": value["execution_id"], "max_tokens": 1500}
    document = checked(client.call("get_execution", again), "get_execution")["structuredContent"]
    assert size_of(document) <= 4500
    assert document["output"]["rows"][0]["index"] == 0
    assert document["shortened"]["parts"][0]["rest"].startswith(f"ratchet://executions/{document['id']}/output?")


def test_a_batch_is_shortened_row_by_row(client: RawClient) -> None:
    requests = [{"id": f"r{index}", "task": "rows", "input": {"rows": 900, "width": 50}} for index in range(4)]
    result = checked(client.call("batch_execute", {"requests": requests}), "batch_execute")
    value = result["structuredContent"]
    assert value["all_completed"] is True
    assert size_of(value) <= 100_000
    assert [part["pointer"] for part in value["shortened"]["parts"]] == [
        f"/results/{index}/output/rows" for index in range(4)
    ]
    assert [block["type"] for block in result["content"][2:]] == ["resource_link"] * 4


def test_the_newer_era_gets_the_same(client: RawClient, tmp_path: Path) -> None:
    write_task(tmp_path / "tasks", "rows", _ROWS)
    with start_server(tmp_path, "--tasks", str(tmp_path / "tasks")) as modern:
        wanted = {"task": "rows", "input": {"rows": 5000, "width": 50}}
        result = checked(modern.call("execute_task", wanted, _meta=MODERN), "execute_task")
        uri = result["structuredContent"]["shortened"]["parts"][0]["rest"]
        answer = modern.ask("resources/read", {"uri": uri, "_meta": MODERN})["result"]
        assert len(json.loads(answer["contents"][0]["text"])) > 200
        assert answer["resultType"] == "complete"


def test_the_operator_sets_how_large_an_answer_may_be(tmp_path: Path) -> None:
    write_task(tmp_path / "tasks", "rows", _ROWS)
    (tmp_path / "small.yaml").write_text("mcp:\n  inline_bytes: 10000\n")
    with start_server(tmp_path, "--tasks", str(tmp_path / "tasks"), configuration="small.yaml") as small:
        small.initialize()
        assert size_of(run(small, 500)["structuredContent"]) <= 10_000


def test_a_text_that_utf_8_cannot_hold_is_the_same_in_both_places(client: RawClient) -> None:
    result = checked(client.call("execute_task", {"task": "odd", "input": None}), "execute_task")
    assert result["structuredContent"]["output"] == "\ufffd" * 3


def test_an_address_that_leads_to_nothing_is_refused(client: RawClient) -> None:
    identity = run(client, 1)["structuredContent"]["execution_id"]
    for uri in (
        "ratchet://executions/0/output",
        f"ratchet://executions/{identity}/output?pointer=/rows/9",
        f"ratchet://executions/{identity}/output?offset=-1",
        f"ratchet://executions/{identity}/output?page=2",
        f"ratchet://executions/{identity}/task",
    ):
        error = client.ask("resources/read", {"uri": uri})["error"]
        assert error["code"] == -32002
        assert error["data"] == {"uri": uri}


@given(value=_VALUES, room=st.integers(100, 5000))
def test_what_is_shortened_is_smaller_and_says_so(value: Any, room: int) -> None:
    shortened = shorten(value, room)
    assert type(shortened.value) is type(value)
    assert (shortened.value == value) == (not shortened.left_out)
    if size_of(value) <= room:
        assert shortened.value == value
    else:
        assert size_of(shortened.value) < size_of(value) or size_of(value) < 2 * room


@given(value=st.lists(st.text(max_size=60), max_size=80) | st.text(max_size=4000), room=st.integers(400, 1000))
def test_pages_make_the_whole(value: Any, room: int) -> None:
    parts, offset = [], 0
    while offset is not None:
        page = page_of(value, offset, room)
        assert page.left_out == ()
        parts.append(page.value)
        offset = page.next_offset  # type: ignore[assignment]
    assert ("".join(parts) if isinstance(value, str) else [each for part in parts for each in part]) == value


def test_what_nobody_can_read_deep_down_is_left_out() -> None:
    value: Any = "x" * 5000
    for _ in range(200):
        value = [value]
    shortened = shorten(value, 1000)
    assert size_of(shortened.value) < 200
    assert [each.kind for each in shortened.left_out] == snapshot(["items"])
