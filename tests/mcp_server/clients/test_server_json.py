"""`docs/server.json`, by which the MCP registry knows the server."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest

import ratchet
from ratchet.cli import main
from tests.mcp_server.raw_client import ROOT

DOCUMENT: dict[str, Any] = json.loads((ROOT / "docs" / "server.json").read_text("utf-8"))
PACKAGE: dict[str, Any] = DOCUMENT["packages"][0]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_it_names_this_version_everywhere() -> None:
    versions = {DOCUMENT["version"], PACKAGE["version"], PACKAGE["runtimeArguments"][0]["value"].partition("==")[2]}
    assert versions == {ratchet.__version__}


def test_the_registry_takes_its_name_and_finds_it_in_the_readme() -> None:
    assert re.fullmatch(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+", DOCUMENT["name"])
    assert len(DOCUMENT["description"]) <= 100
    assert f"mcp-name: {DOCUMENT['name']}" in (ROOT / "README.md").read_text("utf-8")


def test_uvx_finds_the_package_a_command_of_its_name_and_what_the_server_needs() -> None:
    assert PACKAGE["identifier"] == PROJECT["name"]
    # `uvx PACKAGE` starts the command that is called like the package.
    assert PROJECT["scripts"][PACKAGE["identifier"]] == PROJECT["scripts"]["ratchet"]
    extra = re.fullmatch(rf"{PROJECT['name']}\[(\w+)\]==.*", PACKAGE["runtimeArguments"][0]["value"])
    assert extra is not None
    assert extra[1] in PROJECT["optional-dependencies"]


def test_the_command_line_takes_its_arguments(capfd: pytest.CaptureFixture[str]) -> None:
    words = [argument.get("value") or argument["name"] for argument in PACKAGE["packageArguments"]]
    assert main([words[0], "--help"]) == 0
    assert set(words[1:]) <= set(capfd.readouterr().out.split())
