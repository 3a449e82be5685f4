"""`ratchet doctor`: what works on this machine."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from ratchet.engine import ENGINES
from ratchet.sandbox import launch
from ratchet.sandbox.pool import SOURCES
from tests.cli.conftest import Command
from tests.mcp_server.authorization_server import authorization_server


def test_every_finding_has_a_line_that_begins_with_its_state(ratchet: Command) -> None:
    code, _, text = ratchet("doctor").partition("--- stdout\n")
    assert code == "exit 0\n"
    lines = [line for line in text.splitlines() if not line.startswith(" ")]
    assert {line.split()[0] for line in lines} <= {"ok", "warning"}


def test_json_lists_the_same_findings(ratchet: Command) -> None:
    code, _, text = ratchet("doctor", "--json").partition("--- stdout\n")
    findings = json.loads(text)
    assert code == "exit 0\n"
    assert {key for finding in findings for key in finding} == {"name", "state", "value", "hint"}
    packages = ["jsonschema-rs", "urllib3", "typer"]
    engines = [
        name
        for engine in ENGINES
        for name in (f"engine {engine}", *(f"worker ({engine}, {source})" for source in SOURCES))
    ]
    names = ["ratchet", "python", "system", *packages, *engines, "configuration", "cache folder"]
    assert [finding["name"] for finding in findings] == names


def test_a_worker_that_does_not_start_in_time_is_told(ratchet: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "START_SECONDS", 0.0)
    code, _, text = ratchet("doctor", "--json").partition("--- stdout\n")
    assert code == "exit 6\n"
    tried = [finding for finding in json.loads(text) if finding["name"].startswith("worker")]
    assert {(finding["state"], finding["value"]) for finding in tried} == {("error", "The worker did not start")}


@pytest.mark.skipif(sys.platform == "win32", reason="owners and modes are POSIX's")
def test_a_cache_folder_that_others_may_write_to_is_a_warning_with_its_fix(ratchet: Command, tmp_path: Path) -> None:
    cache = tmp_path / "cache" / "ratchet"
    cache.mkdir(parents=True)
    cache.chmod(0o777)
    findings = json.loads(ratchet("doctor", "--json").partition("--- stdout\n")[2])
    assert findings[-1] == {
        "name": "cache folder",
        "state": "warning",
        "value": f"{cache} is not used, since others may write to it",
        "hint": f"`chmod go-w {cache}`, or remove it",
    }


def test_a_cache_folder_that_cannot_be_made_is_a_warning_with_its_fix(
    ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "file"))
    findings = json.loads(ratchet("doctor", "--json").partition("--- stdout\n")[2])
    (cache,) = [finding for finding in findings if finding["name"] == "cache folder"]
    assert cache.pop("value") == f"{folder}/file/ratchet cannot be written"
    assert cache == snapshot(
        {"name": "cache folder", "state": "warning", "hint": "Set `XDG_CACHE_HOME` to a folder of yours"}
    )


def test_the_keys_of_an_issuer_are_read(ratchet: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    with authorization_server() as issuing:
        monkeypatch.setenv("RATCHET_MCP__OAUTH__ISSUER", issuing.issuer)
        findings = json.loads(ratchet("doctor", "--json").partition("--- stdout\n")[2])
        assert findings[-1] == {
            "name": "access tokens",
            "state": "ok",
            "value": f"{issuing.issuer} signs with 1 keys",
            "hint": None,
        }
        issuing.pages["/keys"] = 404
        code, _, text = ratchet("doctor", "--json").partition("--- stdout\n")
        assert code == "exit 6\n"
        assert json.loads(text)[-1] == {
            "name": "access tokens",
            "state": "error",
            "value": f"`{issuing.issuer}/keys` answers 404",
            "hint": "Check `mcp.oauth.issuer` and `mcp.oauth.jwks_url`",
        }
