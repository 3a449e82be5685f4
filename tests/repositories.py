"""Make real git repositories of tasks, and tasks to put there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_AUTHOR = {
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.com",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def write_task(folder: Path, name: str = "total", version: str = "1.0.0", source: str = "", **metadata: Any) -> Path:
    """Write a task into a folder of tasks and return its folder."""
    task = folder / name
    task.mkdir(parents=True, exist_ok=True)
    facts = {"name": name, "version": version, "description": f"What {name} is for", **metadata}
    # In one step, so that who looks meanwhile sees the whole of it.
    (task / ".next").write_text(json.dumps(facts))
    (task / ".next").replace(task / "metadata.json")
    (task / "main.js").write_text(source or f"() => '{name} {version}'\n")
    for side in ("input", "output"):
        (task / f"{side}.schema.json").write_text("true")
    return task


def settle(folder: Path) -> None:
    """Let everything in a folder have changed long ago: what has changed just now is read again."""
    for path in (folder, *folder.rglob("*")):
        os.utime(path, (1, 1))


class Repository:
    """A git repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Run git in the repository and return what it prints."""
        variables = {**os.environ, **_AUTHOR, **(environment or {})}
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, env=variables, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self) -> str:
        """Commit everything and return the commit."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=Change")
        return self.git("rev-parse", "HEAD")

    def remove(self) -> None:
        """Delete the repository, as a server that is gone."""
        shutil.rmtree(self.folder)
