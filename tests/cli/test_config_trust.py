"""`ratchet config trust`: what a file that was found may not say before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command

FILE = """\
permissions:
  private_networks: [10.0.0.0/8]
registry:
  sources:
    - name: shared
      uri: https://tasks.example/${TOKEN}
      auth: env:TOKEN
"""


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what is trusted in a folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TOKEN", "a-secret-token")
    return tmp_path / "state" / "ratchet" / "trusted.json"


def test_a_file_that_was_found_may_not_name_secrets_before_it_is_trusted(ratchet: Command, folder: Path) -> None:
    (folder / "ratchet.yaml").write_text(FILE)
    assert ratchet("config", "show", "--section", "permissions") == snapshot("""\
exit 3
--- stderr
Error: `ratchet.yaml` has 3 problems
error: `permissions.private_networks` may not stand in a file that is not trusted
  --> ratchet.yaml:2:3
   |
 2 |   private_networks: [10.0.0.0/8]
   |   ^
  = hint: Read the file, then run `ratchet config trust`; `--config` and `RATCHET_CONFIG` say the same for once
error: `registry.sources[0].uri` may not stand in a file that is not trusted
  --> ratchet.yaml:6:12
   |
 6 |       uri: https://tasks.example/${TOKEN}
   |            ^
  = hint: Read the file, then run `ratchet config trust`; `--config` and `RATCHET_CONFIG` say the same for once
error: `registry.sources[0].auth` may not stand in a file that is not trusted
  --> ratchet.yaml:7:13
   |
 7 |       auth: env:TOKEN
   |             ^
  = hint: Read the file, then run `ratchet config trust`; `--config` and `RATCHET_CONFIG` say the same for once
""")
    assert ratchet("config", "trust") == "exit 0\n--- stdout\nratchet.yaml: trusted until it changes\n"
    assert ratchet("config", "show", "--section", "permissions").startswith("exit 0\n")


def test_trust_ends_with_the_next_byte(ratchet: Command, folder: Path) -> None:
    (folder / "ratchet.yaml").write_text(FILE)
    ratchet("config", "trust")
    (folder / "ratchet.yaml").write_text(FILE.replace("tasks.example", "evil.example"))
    assert ratchet("config", "show").startswith("exit 3\n")


def test_trust_ends_when_it_is_taken_back(ratchet: Command, folder: Path) -> None:
    (folder / "ratchet.yaml").write_text(FILE)
    ratchet("config", "trust")
    assert ratchet("config", "show").startswith("exit 0\n")
    path = os.path.realpath("ratchet.yaml")
    assert ratchet("config", "trust", "--list") == f"exit 0\n--- stdout\n{path}\n"
    assert ratchet("config", "trust", "--revoke") == "exit 0\n--- stdout\nratchet.yaml: trusted no more\n"
    assert ratchet("config", "trust", "--list") == "exit 0\n"
    assert ratchet("config", "show").startswith("exit 3\n")
    assert ratchet("config", "trust", "--revoke").startswith("exit 3\n")


def test_naming_a_file_is_trusting_it(ratchet: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "ratchet.yaml").write_text(FILE)
    assert ratchet("config", "show", "--config", "ratchet.yaml").startswith("exit 0\n")
    monkeypatch.setenv("RATCHET_CONFIG", "ratchet.yaml")
    assert ratchet("config", "show").startswith("exit 0\n")


def test_a_store_that_others_can_write_is_not_believed(ratchet: Command, folder: Path, store: Path) -> None:
    (folder / "ratchet.yaml").write_text(FILE)
    ratchet("config", "trust")
    assert store.stat().st_mode & 0o777 == 0o600
    store.chmod(0o666)
    assert ratchet("config", "show").startswith("exit 3\n")
    store.write_text("{")
    store.chmod(0o600)
    assert ratchet("config", "show").startswith("exit 3\n")


def test_nothing_to_trust_is_said(ratchet: Command) -> None:
    assert ratchet("config", "trust") == snapshot("""\
exit 3
--- stderr
Error: There is no configuration file here
Hint: Name one: `ratchet config trust FILE`
""")
    assert ratchet("config", "trust", "nowhere.yaml").startswith("exit 3\n")
    assert ratchet("config", "trust", "a.yaml", "--list").startswith("exit 2\n")
