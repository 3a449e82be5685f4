"""`ratchet repo`: add, verify, refresh, pin, tamper, offline; and repositories that are a source."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from tests.cli.conftest import Command
from tests.repositories import Repository, write_task


@pytest.fixture(autouse=True)
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no configuration of whoever runs the tests have a say."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "system"))
    for name in ("RATCHET_CONFIG", "RATCHET_REGISTRY__SOURCES", "RATCHET_REGISTRY__FROZEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """Return a repository with one task, at a tag."""
    made = Repository(tmp_path / "elsewhere")
    write_task(made.folder / "tasks")
    made.commit()
    made.git("tag", "v1")
    return made


def plain(reply: str, tmp_path: Path) -> str:
    """Return a reply without what differs from run to run."""
    reply = reply.replace(str(tmp_path), "TMP").replace("The source `shared` is served", "`shared` is served")
    reply = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d\+00:00)?", "NOW", reply)
    return re.sub(r"\b[0-9a-f]{40}\b", "COMMIT", reply)


def test_a_repository_is_added_pinned_and_used(
    ratchet: Command, repository: Repository, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reply = ratchet("repo", "add", str(repository.folder), "--type", "git", "--name", "shared", "--ref", "v1")
    assert plain(reply, tmp_path) == snapshot("""\
exit 0
--- stdout
shared  git  current  1 task  TMP/elsewhere
""")
    assert plain((folder / "ratchet.yaml").read_text(), tmp_path) == snapshot("""\
registry:
  sources:
    - name: shared
      uri: TMP/elsewhere
      type: git
      ref: v1
""")
    assert (folder / "ratchet.lock").read_text() == snapshot("""\
{
  "version": 1,
  "sources": [
    "shared"
  ],
  "tasks": [
    {
      "source": "shared",
      "name": "total",
      "version": "1.0.0",
      "digest": "sha256:116f44510a11b60add82742df0b53f8d710be60880e7befbf1a684c3a3c65551",
      "permissions": {
        "net": null,
        "methods": null,
        "secrets": [],
        "tasks": []
      }
    }
  ]
}
""")
    for name in ("total", "shared/total", "total@1.0.0", "shared/total@^1.0"):
        assert ratchet("run-once", name) == 'exit 0\n--- stdout\n"total 1.0.0"\n'
    assert plain(ratchet("repo", "verify", "--detailed", "--list-tasks"), tmp_path) == snapshot("""\
exit 0
--- stdout
shared  git  current  1 task  TMP/elsewhere
  revision COMMIT, fetched NOW
  total@1.0.0  What total is for
""")
    assert ratchet("validate", "total") == "exit 0\n--- stdout\ntotal: ok\n"
    with monkeypatch.context() as shell:
        shell.setenv("_RATCHET_COMPLETE", "complete_bash")
        shell.setenv("COMP_WORDS", "ratchet\nrun-once\nsha")
        shell.setenv("COMP_CWORD", "2")
        assert ratchet() == "exit 0\n--- stdout\nshared/total\n"
    assert ratchet("list") == snapshot("""\
exit 0
--- stdout
total  1.0.0  shared/total  What total is for
""")


def test_a_change_is_refused_until_it_is_accepted(
    ratchet: Command, repository: Repository, folder: Path, tmp_path: Path
) -> None:
    ratchet("repo", "add", str(repository.folder), "--type", "git", "--name", "shared")
    permissions = {"net": ["evil.example.com"], "secrets": ["TOKEN"]}
    write_task(repository.folder / "tasks", version="1.0.1", source="() => 'changed'", permissions=permissions)
    write_task(repository.folder / "tasks", "other")
    repository.commit()
    assert plain(ratchet("repo", "verify"), tmp_path) == snapshot("""\
exit 3
--- stdout
shared  git  current  2 tasks  TMP/elsewhere
  changed: shared/other@1.0.0: is new
  changed: shared/total@1.0.0: is gone
  changed: shared/total@1.0.1: is new
  changed: shared/total@1.0.1: permissions.net: says what it needs: `evil.example.com`
  changed: shared/total@1.0.1: permissions.secrets: `TOKEN` is new
""")
    refused = ratchet("run-once", "total")
    assert re.sub(r"sha256:\w{12}", "DIGEST", refused) == snapshot("""\
exit 3
--- stderr
Error: `shared/total` is not what `ratchet.lock` pins
  permissions.net: says what it needs: `evil.example.com`
  permissions.secrets: `TOKEN` is new
  version: `1.0.0` is `1.0.1` now
  digest: `DIGEST` is `DIGEST` now
Hint: `ratchet repo refresh shared` accepts it
""")
    assert ratchet("run-once", "other") == snapshot("""\
exit 3
--- stderr
Error: `shared/other` is not in `ratchet.lock`
Hint: `ratchet repo refresh shared` accepts it
""")
    assert ratchet("validate", "total").startswith("exit 3\n")
    assert re.sub(r"sha256:\w{12}", "DIGEST", plain(ratchet("repo", "refresh", "shared"), tmp_path)) == snapshot("""\
exit 0
--- stdout
shared  git  current  2 tasks  TMP/elsewhere
  revision COMMIT, fetched NOW
  changed: shared/other@1.0.0: is new
  changed: shared/total@1.0.0: is gone
  changed: shared/total@1.0.1: is new
  changed: shared/total@1.0.1: permissions.net: says what it needs: `evil.example.com`
  changed: shared/total@1.0.1: permissions.secrets: `TOKEN` is new
""")
    assert ratchet("run-once", "total") == 'exit 0\n--- stdout\n"changed"\n'
    assert plain(ratchet("repo", "verify"), tmp_path).startswith("exit 0\n")


def test_a_source_that_is_gone_is_served_from_the_cache(
    ratchet: Command, repository: Repository, folder: Path, tmp_path: Path
) -> None:
    ratchet("repo", "add", str(repository.folder), "--type", "git", "--name", "shared")
    repository.remove()
    assert plain(ratchet("repo", "verify"), tmp_path) == snapshot("""\
exit 0
--- stdout
shared  git  cached  1 task  TMP/elsewhere
  git failed: `TMP/elsewhere` is no repository; as it was at NOW UTC
""")
    assert plain(ratchet("repo", "status", "--offline"), tmp_path) == snapshot("""\
exit 0
--- stdout
shared  git  cached  1 task  TMP/elsewhere
  The source is not asked; as it was at NOW UTC
""")
    assert ratchet("run-once", "total") == 'exit 0\n--- stdout\n"total 1.0.0"\n'
    config = (folder / "ratchet.yaml").read_text()
    # What was fetched is a second old, and asked for again.
    (folder / "ratchet.yaml").write_text(config.replace("type: git", "type: git\n      polling_interval_seconds: 1"))
    age_offers(tmp_path)
    assert plain(ratchet("run-once", "total"), tmp_path) == snapshot("""\
exit 0
--- stdout
"total 1.0.0"
--- stderr
Warning: `shared` is served from the cache: git failed: `TMP/elsewhere` is no repository; as it was at NOW UTC
""")
    assert plain(ratchet("repo", "refresh"), tmp_path) == snapshot("""\
exit 6
--- stdout
shared  git  cached  1 task  TMP/elsewhere
  git failed: `TMP/elsewhere` is no repository; as it was at NOW UTC
  revision COMMIT, fetched NOW
""")


def age_offers(tmp_path: Path) -> None:
    """Make everything that was fetched a day older."""
    for path in (tmp_path / "cache").rglob("sources/*.json"):
        document = json.loads(path.read_text())
        path.write_text(json.dumps({**document, "fetched_at": document["fetched_at"] - 86_400}))


def test_a_source_that_never_was_there_cannot_be_added(ratchet: Command, folder: Path, tmp_path: Path) -> None:
    assert plain(ratchet("repo", "add", "../nowhere.git"), tmp_path) == snapshot("""\
exit 6
--- stderr
Error: `nowhere` cannot be used: git failed: `TMP/nowhere.git` is no repository, and nothing was fetched before
Hint: Nothing has been changed
""")
    assert plain(ratchet("repo", "add", "../nowhere"), tmp_path) == snapshot("""\
exit 6
--- stderr
Error: `nowhere` cannot be used: There is no folder `TMP/nowhere`
Hint: Nothing has been changed
""")
    assert list(folder.iterdir()) == []


def test_a_tampered_cache_is_refused_and_fetched_again(
    ratchet: Command, repository: Repository, tmp_path: Path
) -> None:
    ratchet("repo", "add", str(repository.folder), "--type", "git", "--name", "shared")
    (kept,) = (tmp_path / "cache").rglob("tasks/*.zip")
    sound = zipfile.ZipFile(kept)
    files = {name: sound.read(name) for name in sound.namelist()}
    with zipfile.ZipFile(kept, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data.replace(b"'total 1.0.0'", b"'evil'"))
    assert re.sub(r"sha256:\w+", "DIGEST", ratchet("run-once", "total")) == snapshot("""\
exit 3
--- stderr
Error: `shared/total` cannot be used: The cache holds something else than `DIGEST`: somebody has changed it
Hint: It is deleted now; `ratchet repo refresh` fetches it again
""")
    assert ratchet("repo", "refresh").startswith("exit 0\n")
    assert ratchet("run-once", "total") == 'exit 0\n--- stdout\n"total 1.0.0"\n'
    kept.write_bytes(kept.read_bytes().replace(b"'total 1.0.0'", b"'evil! 1.0.0'"))
    assert ratchet("repo", "verify").startswith("exit 3\n")
    assert ratchet("repo", "verify").startswith("exit 0\n")


def test_a_broken_source_hides_no_other(ratchet: Command, repository: Repository, folder: Path, tmp_path: Path) -> None:
    write_task(folder / "own", "mine")
    (write_task(folder / "own", "broken") / "main.js").unlink()
    (folder / "ratchet.yaml").write_text(
        "registry:\n  sources:\n    - {name: gone, uri: nowhere}\n    - {name: own, uri: ./own, watch: true}\n"
    )
    assert plain(ratchet("run-once", "mine"), tmp_path) == snapshot("""\
exit 0
--- stdout
"mine 1.0.0"
--- stderr
Warning: The source `gone` cannot be used: There is no folder `TMP/work/nowhere`
""")
    assert plain(ratchet("run-once", "absent"), tmp_path) == snapshot("""\
exit 6
--- stderr
Warning: The source `gone` cannot be used: There is no folder `TMP/work/nowhere`
Error: There is no task `absent` in any source, and `gone` cannot be used: There is no folder `TMP/work/nowhere`
Hint: `ratchet repo status` says more
""")
    assert plain(ratchet("list"), tmp_path) == snapshot("""\
exit 0
--- stdout
mine  1.0.0  own/mine  What mine is for
--- stderr
Warning: The source `gone` cannot be used: There is no folder `TMP/work/nowhere`
Warning: `TMP/work/own/broken` is left out: The task has no entry point
""")
    assert plain(ratchet("repo", "status", "--detailed"), tmp_path) == snapshot("""\
exit 6
--- stdout
gone  filesystem  unusable  0 tasks  ./nowhere
  There is no folder `TMP/work/nowhere`
own   filesystem  current   1 task   ./own
  problem: `TMP/work/own/broken` is left out: The task has no entry point
""")
    assert plain(ratchet("repo", "status", "--repository", "own"), tmp_path).startswith("exit 3\n")


def test_frozen_refuses_what_is_not_pinned(
    ratchet: Command, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_task(folder / "own", "mine")
    (folder / "ratchet.yaml").write_text("registry:\n  sources:\n    - {name: own, uri: ./own}\n")
    assert ratchet("run-once", "mine").startswith("exit 0\n")
    monkeypatch.setenv("RATCHET_REGISTRY__FROZEN", "true")
    assert ratchet("run-once", "mine") == snapshot("""\
exit 3
--- stderr
Error: `own/mine` is not in `ratchet.lock`
Hint: `ratchet repo refresh own` accepts it
""")
    assert ratchet("repo", "refresh").startswith("exit 0\n")
    assert ratchet("run-once", "mine").startswith("exit 0\n")


def test_the_report_in_every_format(ratchet: Command, folder: Path, tmp_path: Path) -> None:
    write_task(folder / "own", "mine")
    ratchet("repo", "add", "./own")
    text = ratchet("repo", "verify", "--json", "--list-tasks")
    assert text == ratchet("repo", "verify", "--format", "json", "--list-tasks")
    assert re.sub(r"sha256:\w+", "DIGEST", plain(text, tmp_path)) == snapshot("""\
exit 0
--- stdout
[
  {
    "name": "own",
    "type": "filesystem",
    "uri": "TMP/work/own",
    "state": "current",
    "detail": null,
    "revision": null,
    "fetched_at": null,
    "task_count": 1,
    "problems": [],
    "changes": [],
    "tasks": [
      {
        "name": "mine",
        "version": "1.0.0",
        "digest": "DIGEST",
        "summary": "What mine is for"
      }
    ]
  }
]
""")
    yaml = ratchet("repo", "verify", "--format", "yaml", "--list-tasks")
    assert re.sub(r"sha256:\w+", "DIGEST", plain(yaml, tmp_path)) == snapshot("""\
exit 0
--- stdout
- name: own
  type: filesystem
  uri: TMP/work/own
  state: current
  detail: null
  revision: null
  fetched_at: null
  task_count: 1
  problems: []
  changes: []
  tasks:
    - name: mine
      version: "1.0.0"
      digest: "DIGEST"
      summary: "What mine is for"
""")
    assert ratchet("repo", "status", "--format", "xml").startswith("exit 2\n")
    assert ratchet("repo", "status", "--repository", "onw") == snapshot("""\
exit 3
--- stderr
Error: There is no source `onw`
Hint: Did you mean `own`?
""")


def test_sources_are_added_to_a_file_and_taken_out_and_the_rest_stays(ratchet: Command, folder: Path) -> None:
    for name in ("one", "two"):
        write_task(folder / name, name)
    before = "# Ours.\nexecution:\n  timers: 3 # few\n\nlogging: {level: info}\n"
    (folder / "ratchet.yaml").write_text(before)
    ratchet("repo", "add", "./one")
    ratchet("repo", "add", "./two", "--watch", "--name", "second")
    assert (folder / "ratchet.yaml").read_text() == snapshot("""\
# Ours.
execution:
  timers: 3 # few

logging: {level: info}

registry:
  sources:
    - name: one
      uri: "./one"
    - name: second
      uri: "./two"
      watch: true
""")
    assert ratchet("repo", "add", "./one") == snapshot("""\
exit 3
--- stderr
Error: There is a source `one` already
Hint: `--name` gives it another name
""")
    assert ratchet("repo", "remove", "one") == "exit 0\n--- stdout\none\n"
    assert ratchet("repo", "remove", "secnod") == snapshot("""\
exit 3
--- stderr
Error: There is no source `secnod`
Hint: Did you mean `second`?
""")
    assert ratchet("repo", "remove", "second") == "exit 0\n--- stdout\nsecond\n"
    assert (folder / "ratchet.yaml").read_text() == before + "\nregistry:\n  sources: []\n"
    assert json.loads((folder / "ratchet.lock").read_text()) == {"version": 1, "sources": [], "tasks": []}


def test_a_token_does_not_go_on_the_command_line(ratchet: Command) -> None:
    assert ratchet("repo", "add", "https://x.example/", "--auth", "s3cret") == snapshot("""\
exit 3
--- stderr
Error: `--auth` takes `env:NAME` or `file:PATH`, not the token itself
Hint: Others could read it in the list of processes
""")


def test_a_new_repository_has_what_a_source_needs(ratchet: Command, folder: Path) -> None:
    assert ratchet("repo", "init", "made", "--description", 'All of "them"') == snapshot("""\
exit 0
--- stdout
made/.ratchet/registry.yaml
made/.ratchet/index.json
made/tasks
made/collections
made/templates
made/README.md
""")
    assert (folder / "made/.ratchet/registry.yaml").read_text() == snapshot("""\
name: "made"
description: "All of \\"them\\""
version: "1.0.0"
ratchet_version: "0.1.0"
""")
    write_task(folder / "made/tasks", permissions={"net": ["api.example.com"]})
    (write_task(folder / "made/tasks", "broken") / "main.js").unlink()
    assert ratchet("repo", "refresh-metadata", "made") == snapshot("""\
exit 0
--- stdout
1 task
--- stderr
Warning: `made/tasks/broken` is left out: The task has no entry point
""")
    index = json.loads((folder / "made/.ratchet/index.json").read_text())
    assert index.pop("generated_at")
    assert index["tasks"][0].pop("digest").startswith("sha256:")
    assert index == snapshot(
        {
            "version": "1.0",
            "repository": {"name": "made", "description": 'All of "them"', "version": "1.0.0"},
            "tasks": [
                {
                    "name": "total",
                    "label": "total",
                    "version": "1.0.0",
                    "uuid": None,
                    "description": "What total is for",
                    "author": None,
                    "tags": [],
                    "category": None,
                    "deprecated": False,
                    "permissions": {"net": ["api.example.com"], "methods": None, "secrets": [], "tasks": []},
                    "path": "tasks/total",
                    "files": ["input.schema.json", "main.js", "metadata.json", "output.schema.json"],
                }
            ],
            "statistics": {"tasks": 1, "left_out": 1},
        }
    )


def test_a_folder_that_is_not_empty_is_refused(ratchet: Command, folder: Path) -> None:
    write_task(folder / "made")
    assert ratchet("repo", "init", "made") == snapshot("""\
exit 3
--- stderr
Error: `made` is not empty
Hint: `--force` makes a repository of it all the same
""")
    assert ratchet("repo", "init", "made", "--force").startswith("exit 0\n")
    assert (folder / "made/total/main.js").exists()
    assert ratchet("repo", "init", "other", "--version", "v1") == snapshot("""\
exit 3
--- stderr
Error: `v1` is not a semantic version
Hint: Write `1.0.0`
""")
    assert ratchet("repo", "refresh-metadata", "made/total") == snapshot("""\
exit 3
--- stderr
Error: `made/total` is not a repository of tasks
Hint: `ratchet repo init made/total` makes one
""")
