"""Pictures, sounds and documents in the outputs of tasks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mcp_server.raw_client import RawClient, start_server

PICTURE = "iVBORw0KGgo="
SOUND = "UklGRiQAAAA="
_BASE64 = {"type": "string", "contentEncoding": "base64"}
_OUTPUT = {
    "type": "object",
    "properties": {
        "text": {"type": "string"},
        "pictures": {"type": "array", "items": {**_BASE64, "contentMediaType": "image/png"}},
        "sound": {**_BASE64, "contentMediaType": "audio/wav"},
        "archive": {**_BASE64, "contentMediaType": "application/zip"},
        "note": {"type": "string", "contentMediaType": "text/markdown"},
    },
}
_CASE = {"name": "gives its input back", "input": {"text": "plain"}, "expected_output": {"text": "plain"}}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[RawClient]:
    """Return a client of a server with one task, which gives its input back."""
    root = tmp_path / "tasks" / "echo"
    (root / "tests").mkdir(parents=True)
    (root / "main.js").write_text("export default (input) => input;\n")
    metadata = {"name": "echo", "version": "1.0.0", "label": "Echo", "description": "Gives its input back"}
    for file, value in {"metadata": metadata, "output.schema": _OUTPUT, "tests/case": _CASE}.items():
        (root / f"{file}.json").write_text(json.dumps(value))
    (root / "input.schema.json").write_text('{"type": "object"}')
    with start_server(tmp_path, "--tasks", str(tmp_path / "tasks")) as client:
        client.initialize()
        while "echo" not in [tool["name"] for tool in client.ask("tools/list")["result"]["tools"]]:
            client.wait_for_change()
        yield client


@pytest.mark.parametrize("as_tool", [True, False])
def test_media_stand_in_the_content_and_are_named_in_the_text(client: RawClient, as_tool: bool) -> None:
    value = {"text": "plain", "pictures": [PICTURE, PICTURE], "sound": SOUND}
    result = client.call("echo", value) if as_tool else client.call("execute_task", {"task": "echo", "input": value})
    structured, text = result["structuredContent"], json.loads(result["content"][0]["text"])
    assert (structured if as_tool else structured["output"]) == value
    named = ["(image/png, shown besides)"] * 2
    told = {"text": "plain", "pictures": named, "sound": "(audio/wav, shown besides)"}
    assert (text if as_tool else text["output"]) == told
    assert result["content"][1:] == [
        {"type": "image", "data": PICTURE, "mimeType": "image/png"},
        {"type": "image", "data": PICTURE, "mimeType": "image/png"},
        {"type": "audio", "data": SOUND, "mimeType": "audio/wav"},
    ]


def test_documents_are_resources_that_can_be_read(client: RawClient) -> None:
    result = client.call("echo", {"note": "# A note", "archive": PICTURE})
    archive, note = (block["resource"] for block in result["content"][1:])
    assert (archive["mimeType"], archive["blob"]) == ("application/zip", PICTURE)
    assert (note["mimeType"], note["text"]) == ("text/markdown", "# A note")
    read: Any = client.ask("resources/read", {"uri": note["uri"]})["result"]["contents"][0]
    assert json.loads(read["text"]) == "# A note"


def test_what_is_no_base64_stays_a_text(client: RawClient) -> None:
    result = client.call("echo", {"pictures": ["no picture", ""]})
    assert [block["type"] for block in result["content"]] == ["text"]
    assert json.loads(result["content"][0]["text"]) == result["structuredContent"]


def test_a_picture_that_is_too_large_is_a_link(client: RawClient) -> None:
    result = client.call("echo", {"pictures": ["AAAA" * 50_000]})
    assert "image" not in [block["type"] for block in result["content"]]
    assert "resource_link" in [block["type"] for block in result["content"]]
