"""Run the `git` command so that neither a repository nor the user's surroundings make it do anything else."""

from __future__ import annotations

import base64
import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from urllib.parse import urlsplit

from ratchet.errors import Unavailable
from ratchet.task.text import printable

SECONDS = 120.0
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "fetch.recurseSubmodules": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
}
_MISLEADING = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_CONFIG_PARAMETERS", "GIT_DIR", "GIT_EXEC_PATH",
    "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_OBJECT_DIRECTORY", "GIT_TEMPLATE_DIR", "GIT_WORK_TREE",
)  # fmt: skip
"""What a git hook, from which this may be run, leaves in the environment."""


def git_environment(uri: str, token: str | None) -> dict[str, str]:
    """Return the environment for git: no questions, known protocols only, and a token where only git sees it.

    The list of protocols leaves out `ext`, which runs commands, and every helper that may be installed.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _MISLEADING}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "", "GIT_LFS_SKIP_SMUDGE": "1"}
    environment |= {"GIT_ALLOW_PROTOCOL": "file:git:http:https:ssh", "GIT_PROTOCOL_FROM_USER": "0", "LC_ALL": "C"}
    environment.setdefault("GIT_SSH_COMMAND", "ssh -oBatchMode=yes")
    settings = dict(_SETTINGS)
    if token is not None:
        parts = urlsplit(uri)
        pair = token if ":" in token else f"x-access-token:{token}"
        # For this server alone: a redirect to another one does not take the header along.
        key = f"http.{parts.scheme}://{parts.netloc.rpartition('@')[2]}/.extraHeader"
        settings[key] = f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"
    # Beside settings that the environment has already.
    count = int(environment.get("GIT_CONFIG_COUNT") or 0)
    for index, (name, value) in enumerate(settings.items(), count):
        environment |= {f"GIT_CONFIG_KEY_{index}": name, f"GIT_CONFIG_VALUE_{index}": value}
    environment["GIT_CONFIG_COUNT"] = str(count + len(settings))
    return environment


def run_git(arguments: list[str], environment: dict[str, str], given: bytes = b"", seconds: float = SECONDS) -> bytes:
    """Run git and return what it prints.

    Raises:
        Unavailable: It is not there, fails, or takes too long.
    """
    program = shutil.which("git")
    if program is None:
        raise Unavailable("The `git` command is not there", hint="Install git")
    process = subprocess.Popen(
        [program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        # A group of its own can be ended with all that git starts, and has no terminal to ask at.
        start_new_session=True,
    )
    with process:
        try:
            output, talk = process.communicate(given, timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            raise Unavailable(f"git takes more than {seconds:g} s") from None
        except BaseException:
            _end(process)
            raise
    if process.returncode != 0:
        raise Unavailable(f"git failed: {_reason_in(talk)}")
    return output


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _reason_in(talk: bytes) -> str:
    """Return the first line in which git says what is wrong."""
    lines = [line.strip() for line in talk.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines or ["it does not say why"]
    reason = telling[0].partition(": ")[2] or telling[0]
    return printable(reason).replace("'", "`").replace("does not appear to be a git repository", "is no repository")
