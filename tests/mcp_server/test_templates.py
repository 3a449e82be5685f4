"""Tasks that begin with a template, over MCP."""

from __future__ import annotations

from pathlib import Path

import pytest
from inline_snapshot import snapshot

from ratchet.task.scaffold import TEMPLATES
from tests.mcp_server.calling import call
from tests.mcp_server.conftest import files_below
from tests.mcp_server.raw_client import RawClient


def test_the_templates_are_those_of_the_command_line(client: RawClient) -> None:
    templates = call(client, "list_templates")["templates"]
    assert [each["template"] for each in templates] == list(TEMPLATES)
    assert templates[3] == snapshot(
        {
            "template": "http-client",
            "description": "Reads a user from an HTTP API.",
            "permissions": {"net": ["api.example.com"], "methods": ["GET"]},
        }
    )


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_task_from_a_template_is_valid_and_passes(client: RawClient, folder: Path, template: str) -> None:
    name = f"from-{template}"
    made = call(client, "generate_from_template", template=template, name=name, description="Mine", version="1.2.3")
    assert (made["task"], made["valid"], made["problems"], made["former"]) == (f"{name}@1.2.3", True, [], None)
    assert made["path"] == str(folder / name)
    described = call(client, "describe_task", task=name)
    assert (described["description"], described["digest"]) == ("Mine", made["digest"])
    tested = call(client, "run_task_tests", task=name)
    assert (tested["all_passed"], tested["passed"] >= 2) == (True, True)


@pytest.mark.parametrize("name", ["../out", "/tmp/out", ".", "", "Upper", "a/b"])
def test_a_name_is_never_a_path(client: RawClient, folder: Path, name: str) -> None:
    before = files_below(folder.parent)
    assert call(client, "generate_from_template", template="basic", name=name)["error"]["code"] == "invalid_input"
    assert files_below(folder.parent) == before


def test_what_is_taken_or_unknown_or_no_version_is_refused(client: RawClient, folder: Path) -> None:
    (folder / "empty").mkdir()
    (folder / "away").symlink_to(folder.parent / "nowhere")
    for arguments, code in (
        ({"template": "basic", "name": "empty"}, "conflict"),
        ({"template": "basic", "name": "away"}, "conflict"),
        ({"template": "../basic", "name": "other"}, "invalid_input"),
        ({"template": "basic", "name": "other", "version": "one"}, "invalid_task"),
    ):
        assert call(client, "generate_from_template", **arguments)["error"]["code"] == code
    assert not (folder / "other").exists()
