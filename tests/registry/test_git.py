"""Repositories: branches, tags and commits, and what a hostile one cannot do."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ratchet.registry.git_command import git_environment
from tests.registry.conftest import MakeCatalogue, offered
from tests.repositories import Repository, write_task


@pytest.fixture
def history(repository: Repository) -> dict[str, str]:
    """Make three commits, tags of two kinds and a branch; return the commits."""
    commits = {}
    for number in (1, 2, 3):
        write_task(repository.folder / "tasks", version=f"{number}.0.0")
        commits[str(number)] = repository.commit()
        if number == 1:
            repository.git("tag", "light")
            repository.git("tag", "--annotate", "--message=One", "signed")
        if number == 2:
            repository.git("branch", "old")
    return commits


@pytest.mark.parametrize(
    ("facts", "version"),
    [
        ({}, "3.0.0"),
        ({"branch": "old"}, "2.0.0"),
        ({"ref": "old"}, "2.0.0"),
        ({"ref": "light"}, "1.0.0"),
        ({"ref": "signed"}, "1.0.0"),
        ({"ref": "signed", "shallow": False}, "1.0.0"),
        ({"branch": "old", "subdirectory": "tasks"}, "2.0.0"),
    ],
)
def test_a_branch_or_tag_is_fetched(
    repository: Repository, history: dict[str, str], catalogue: MakeCatalogue, facts: dict[str, Any], version: str
) -> None:
    assert offered(catalogue(repository.folder, type="git", **facts)) == [f"total@{version}"]


def test_a_commit_is_fetched_once(repository: Repository, history: dict[str, str], catalogue: MakeCatalogue) -> None:
    shared = catalogue(repository.folder, type="git", ref=history["2"])
    assert offered(shared) == ["total@2.0.0"]
    repository.remove()
    (offer,) = shared.read(fresh=True)
    # A commit is for ever: there is nothing to ask.
    assert (offer.contents.state, offer.contents.revision) == ("current", history["2"])


def test_an_abbreviated_commit_needs_the_history(
    repository: Repository, history: dict[str, str], catalogue: MakeCatalogue
) -> None:
    short = history["1"][:9]
    (refused,) = offered(catalogue(repository.folder, type="git", ref=short))
    assert "an abbreviated commit needs `shallow: false`" in refused
    assert offered(catalogue(repository.folder, type="git", ref=short, shallow=False)) == ["total@1.0.0"]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"branch": "none"}, "has no `none`"),
        ({"ref": "none"}, "has no `none`"),
        ({"ref": "--upload-pack=touch x"}, "begins with a dash"),
        ({"subdirectory": "nowhere"}, "has no folder `nowhere`"),
        ({"ref": "f" * 40}, "git failed: "),
    ],
)
def test_what_is_not_there_is_said(
    repository: Repository, history: dict[str, str], catalogue: MakeCatalogue, facts: dict[str, Any], words: str
) -> None:
    (detail,) = offered(catalogue(repository.folder, type="git", **facts))
    assert words in detail


def test_a_new_commit_is_noticed(repository: Repository, history: dict[str, str], catalogue: MakeCatalogue) -> None:
    shared = catalogue(repository.folder, type="git", polling_seconds=300)
    assert offered(shared) == ["total@3.0.0"]
    write_task(repository.folder / "tasks", version="4.0.0")
    repository.commit()
    (offer,) = shared.read()
    assert offer.contents.entries[0].version == "3.0.0"
    assert offered(shared) == ["total@4.0.0"]


def test_commands_in_a_uri_are_not_run(folder: Path, catalogue: MakeCatalogue) -> None:
    marker = folder / "ran"
    (detail,) = offered(catalogue(f"ext::sh -c touch% {marker}", type="git"))
    assert "transport `ext` not allowed" in detail
    assert not marker.exists()


def test_hooks_and_filters_are_not_run(
    repository: Repository, catalogue: MakeCatalogue, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    marker = folder / "ran"
    # Whoever has LFS, or hooks for all repositories, has them in the configuration of git.
    config = tmp_path / "gitconfig"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-merge"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {marker}\n")
        (hooks / name).chmod(0o755)
    write_task(repository.folder)
    (repository.folder / ".gitattributes").write_text("*.js filter=lfs\n")
    repository.commit()
    config.write_text(f'[core]\nhooksPath = {hooks}\n[filter "lfs"]\nsmudge = touch {marker}\nrequired = true\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert offered(catalogue(repository.folder, type="git")) == ["total@1.0.0"]
    assert not marker.exists()


def test_links_follow_the_rules_of_folders(repository: Repository, catalogue: MakeCatalogue) -> None:
    inside = write_task(repository.folder, "inside")
    (inside / "lib").mkdir()
    (inside / "lib/a.js").write_text("1")
    (inside / "b.js").symlink_to("lib/a.js")
    (inside / "more").symlink_to("lib")
    (inside / "again").symlink_to("more/a.js")
    for name, target in {"outside": "../inside/main.js", "absolute": "/etc/passwd", "nowhere": "none.js"}.items():
        (write_task(repository.folder, name) / "x.js").symlink_to(target)
    circle = write_task(repository.folder, "circle")
    (circle / "x").symlink_to("y")
    (circle / "y").symlink_to("x")
    repository.commit()
    shared = catalogue(repository.folder, type="git")
    assert offered(shared) == ["inside@1.0.0"]
    files = shared.find("inside")[0].files
    assert {path: files[path] for path in files if path.endswith(("a.js", "b.js", "again"))} == {
        "again": b"1", "b.js": b"1", "lib/a.js": b"1", "more/a.js": b"1"
    }  # fmt: skip
    reasons = sorted(problem.message for problem in shared.read()[0].contents.problems)
    assert [reason.partition(": ")[2] for reason in reasons] == [
        "The link `x.js` leads out of the task",
        "`shared/circle` has 2 problems",
        "The link `x.js` leads nowhere",
        "The link `x.js` leads out of the task",
    ]


def test_submodules_and_names_that_are_none_are_refused(repository: Repository, catalogue: MakeCatalogue) -> None:
    write_task(repository.folder, "sub")
    write_task(repository.folder, "odd")
    commit = repository.commit()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},sub/module")
    blob = repository.git("rev-parse", "HEAD:odd/main.js")
    repository.git("update-index", "--add", "--cacheinfo", f"100644,{blob},odd/a\\b.js")
    repository.git("commit", "--quiet", "--message=Odd")
    (offer,) = catalogue(repository.folder, type="git").read()
    assert offer.contents.entries == ()
    assert sorted(problem.message.partition(": ")[2] for problem in offer.contents.problems) == [
        "`a\\b.js` holds a backslash",
        "`module` is a submodule, which is not fetched",
    ]


class _GuardedHandler(SimpleHTTPRequestHandler):
    """Serves a folder to those who show the token."""

    token = "s3cret"

    def do_GET(self) -> None:
        """Serve a file."""
        wanted = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        if self.headers["Authorization"] == f"Basic {wanted}":
            super().do_GET()
        else:
            self.send_error(401)

    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Say nothing."""

    def log_error(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(repository: Repository) -> Iterator[str]:
    """Serve the repository over HTTP and return its URL."""
    write_task(repository.folder)
    repository.commit()
    repository.git("update-server-info")

    def handler(*arguments: Any) -> _GuardedHandler:
        return _GuardedHandler(*arguments, directory=str(repository.folder))

    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as served:
        thread = threading.Thread(target=served.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{served.server_port}/.git"
        served.shutdown()
        thread.join()


def test_a_token_is_shown_to_the_server_and_to_nobody_else(
    server: str, catalogue: MakeCatalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = subprocess.run(["which", "git"], check=True, capture_output=True, text=True).stdout.strip()
    (tmp_path / "bin").mkdir()
    wrapper = tmp_path / "bin/git"
    wrapper.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/arguments\nexec {real} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    assert offered(catalogue(server, type="git", shallow=False, secret=lambda: "s3cret")) == ["total@1.0.0"]
    arguments = (tmp_path / "arguments").read_text()
    assert "ls-remote" in arguments
    assert "s3cret" not in arguments
    assert base64.b64encode(b"x-access-token:s3cret").decode() not in arguments


def test_without_a_token_nobody_is_asked_for_one(server: str, catalogue: MakeCatalogue) -> None:
    (detail,) = offered(catalogue(server, type="git"))
    assert detail.startswith("git failed: could not read Username")


def test_a_token_is_for_one_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "http.proxy")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "http://proxy")
    environment = git_environment("https://git.example.com/a/b.git", "s3cret")
    keys = [environment[f"GIT_CONFIG_KEY_{index}"] for index in range(int(environment["GIT_CONFIG_COUNT"]))]
    assert keys[0] == "http.proxy"
    assert keys[-1] == "http.https://git.example.com/.extraHeader"
