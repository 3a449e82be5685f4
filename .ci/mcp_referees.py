"""Let programs of others judge the MCP server: Inspector, the conformance suite, `mcpb`, a linter for the registry.

They come from npm and PyPI into a temporary folder, Node 22 with them. Prints what failed, and a closing line.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ratchet.mcp_server.clients.trial import try_server

_ROOT = Path(__file__).resolve().parent.parent
_FILES = Path(__file__).resolve().parent / "referees"
_TASKS = _ROOT / "sample_tasks"
_NODE = "22.23.3"
_PYTHON_PACKAGES = ("skillsaw==0.22.0", "uv==0.13.*")
_SECONDS = 300.0
_STARTS_IN_SECONDS = 120.0
_ERAS = {"2025-11-25": "legacy", "2026-07-28": "modern"}
_EXTENSION = (
    "lifecycle",
    "capability-negotiation",
    "wire-fields",
    "request-state-removal",
    "mrtr-input",
    "request-headers",
    "dispatch-and-envelope",
    "status-notifications",
    "required-task-error",
    "mrtr-composition",
)
_CALL = {"task": "addition", "input": {"num1": 1, "num2": 2}}
_BAD_CALL = {"task": "addition", "input": {"num1": 1}}


class Failed(Exception):
    """A referee's objection, in its own words."""


class Bench(NamedTuple):
    """Where the referees sit.

    Args:
        folder: A temporary folder, the home of what they start.
        environment: In which their programs are found.
    """

    folder: Path
    environment: dict[str, str]

    def run(self, command: Sequence[str | Path], *, code: int = 0, cwd: Path | None = None) -> str:
        """Run a program and return its output.

        Raises:
            Failed: It ends with another code.
        """
        done = subprocess.run(
            [str(word) for word in command],
            cwd=cwd or self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode != code:
            raise Failed(f"$ {shlex.join(map(str, command))}\n{done.stdout}\nexit {done.returncode}")
        return done.stdout

    def ratchet(self, *arguments: str | Path) -> str:
        """Run a command of this checkout."""
        return self.run([*_ratchet(), *arguments])


def _ratchet() -> list[str]:
    return [str(Path(sys.executable).parent / "ratchet")]


def main() -> int:
    """Set the bench up, hear every referee, and return the exit code."""
    passed, failed = 0, 0
    with tempfile.TemporaryDirectory() as folder:
        bench = _set_up(Path(folder))
        for name, hear in _hearings(bench):
            started = time.monotonic()
            try:
                count = hear() or 1
            except (Failed, subprocess.TimeoutExpired) as objection:
                failed += 1
                print(f"== {name}\n{objection}")
            else:
                passed += count
                print(f"{name}: {count} passed in {time.monotonic() - started:.0f} s", file=sys.stderr)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _hearings(bench: Bench) -> Iterator[tuple[str, Callable[[], int | None]]]:
    yield "server.json", functools.partial(_judge_registry_entry, bench)
    yield "bundle", functools.partial(_judge_bundle, bench)
    yield "bundle, started by uv", functools.partial(_start_bundle, bench)
    for revision, era in _ERAS.items():
        yield f"Inspector over stdio, {revision}", functools.partial(_inspect_stdio, bench, era)
        yield f"Inspector over HTTP, {revision}", functools.partial(_inspect_http, bench, era)
        yield f"conformance, {revision}", functools.partial(_conform, bench, revision)
    yield "conformance, tasks extension", functools.partial(_conform_later, bench)


def _set_up(folder: Path) -> Bench:
    """Install the referees."""
    shutil.copy(_FILES / "package.json", folder)
    machine = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine())
    node = f"node-{sys.platform}-{machine}"
    own = {**os.environ, "npm_config_update_notifier": "false"}
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", f"{node}@{_NODE}"]
    bench = Bench(folder, own)
    bench.run(npm)
    venv.create(folder / "python", with_pip=True)
    programs = folder / "python" / "bin"
    bench.run([programs / "pip", "install", "--quiet", "--disable-pip-version-check", *_PYTHON_PACKAGES])
    modules = folder / "node_modules"
    # The programs are scripts that ask for `node`: this one must come first.
    path = f"{modules / node / 'bin'}:{modules / '.bin'}:{programs}:{own['PATH']}"
    home = {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache"), "XDG_STATE_HOME": str(folder / "state")}
    return Bench(folder, {**own, **home, "PATH": path, "MCP_INSPECTOR_SECRET_STORE": "memory"})


def _judge_registry_entry(bench: Bench) -> None:
    entry = bench.folder / "registry"
    entry.mkdir()
    shutil.copy(_ROOT / "docs" / "server.json", entry)
    found = bench.run(["skillsaw", "lint", "--strict", "--no-plugins", entry])
    if "mcp-registry" not in found:
        raise Failed(f"The linter does not take it for an entry of the registry\n{found}")


def _judge_bundle(bench: Bench) -> None:
    bench.ratchet("mcp", "bundle", _TASKS, "--output", "samples.mcpb")
    with zipfile.ZipFile(bench.folder / "samples.mcpb") as archive:
        archive.extractall(bench.folder / "bundle")
    bench.run(["mcpb", "validate", bench.folder / "bundle" / "manifest.json"])
    bench.run(["mcpb", "info", bench.folder / "samples.mcpb"])


def _start_bundle(bench: Bench) -> None:
    """Start the bundle as a client does, with a wheel of this checkout in place of what PyPI has."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet", "--wheel-dir", "wheels"]
    bench.run([*pip, "--no-deps", _ROOT])
    bundle = bench.folder / "bundle"
    started = json.loads((bundle / "manifest.json").read_text("utf-8"))["server"]["mcp_config"]
    command = [started["command"], *(word.replace("${__dirname}", str(bundle)) for word in started["args"])]
    uv = {"UV_FIND_LINKS": str(bench.folder / "wheels"), "UV_PYTHON": sys.executable, "UV_SYSTEM_CERTS": "1"}
    trial = try_server(command, {**bench.environment, **uv}, seconds=_SECONDS)
    if trial.failure is not None:
        raise Failed(f"$ {shlex.join(command)}\n{trial.failure}")


def _inspect_stdio(bench: Bench, era: str) -> int:
    printed = shlex.split(bench.ratchet("mcp", "inspect", "--cli", "--tasks", _TASKS))
    target = printed[printed.index("--") :]
    # `npx -y PACKAGE` is the program that has been installed here.
    bench.run(["mcp-inspector", "--cli", "--protocol-era", era, *printed[4:]])
    return 1 + _inspect(bench, ["--protocol-era", era], target)


def _inspect_http(bench: Bench, era: str) -> int:
    serve = [*_ratchet(), "mcp", "--transport", "http", "--port", "0", "--tasks", str(_TASKS)]
    with _serving(bench, serve) as (url, token):
        allowed = ["--header", f"Authorization: Bearer {token}"]
        target = ["--transport", "http", "--server-url", url]
        strict = ["--method", "tools/list", "--strict"]
        bench.run(["mcp-inspector", "--cli", "--protocol-era", era, *strict, *target, *allowed])
        return 1 + _inspect(bench, ["--protocol-era", era], [*target, *allowed])


def _inspect(bench: Bench, options: list[str], target: list[str]) -> int:
    """Let the Inspector call the server and return how many times it was content."""
    inspector = ["mcp-inspector", "--cli", "--format", "json", "--quiet", *options]
    tool = ["--method", "tools/call", "--tool-name", "execute_task", "--tool-args-json"]
    done = _json(bench.run([*inspector, *tool, json.dumps(_CALL), *target]))["result"]
    if done["structuredContent"]["output"] != {"sum": 3}:
        raise Failed(f"The output of {_CALL} is {done}")
    refused = bench.run([*inspector, *tool, json.dumps(_BAD_CALL), *target], code=5)
    if "num2" not in refused:
        raise Failed(f"The client does not get to know what is wrong with {_BAD_CALL}\n{refused}")
    load = ["--load", "--load-requests", "200", "--load-concurrency", "16"]
    loaded = _json(bench.run([*inspector, *tool, json.dumps(_CALL), *load, *target]))["result"]
    if loaded["ok"] != 200:
        raise Failed(f"Of 200 calls some failed: {loaded}")
    listed = [_json(bench.run([*inspector, "--method", each, *target])) for each in ("resources/list", "prompts/list")]
    return 3 + len(listed)


def _conform_later(bench: Bench) -> int:
    """Run the scenarios of the tasks extension, which no revision requires."""
    known = ["--expected-failures", str(_FILES / "tasks-extension.yaml")]
    with _serving(bench, [sys.executable, str(_FILES / "fixture.py")]) as (url, _):
        suite = ["conformance", "server", "--url", url, "--force", *known, "--scenario"]
        told = "".join(bench.run([*suite, f"tasks-{name}"]) for name in _EXTENSION)
    return told.count("SUCCESS")


def _json(text: str) -> Any:
    """Return what a program printed as its last line."""
    return json.loads(text.strip().splitlines()[-1])


def _conform(bench: Bench, revision: str) -> int:
    """Run the scenarios that a revision requires; what is known to fail stands in a file, with the reasons."""
    known = _FILES / f"{revision}.yaml"
    with _serving(bench, [sys.executable, str(_FILES / "fixture.py")]) as (url, _):
        suite = ["conformance", "server", "--url", url, "--requirements", revision]
        told = bench.run([*suite, "--expected-failures", str(known)])
    return len(re.findall(r"^✓ .*: \d+ passed, 0 failed$", told, re.MULTILINE))


@contextlib.contextmanager
def _serving(bench: Bench, command: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Start a server and yield its address and the token that it shows."""
    shutil.rmtree(bench.folder / "state", ignore_errors=True)
    environment = {**bench.environment, "PYTHONPATH": str(_ROOT)}
    with (bench.folder / "talk").open("w+") as talk:
        server = subprocess.Popen(command, cwd=bench.folder, env=environment, stderr=talk, stdin=subprocess.DEVNULL)
        try:
            told = _wait_for(bench.folder / "talk", r"Serving (\S+)", server)
            token = re.search(r"Token: (\S+)", (bench.folder / "talk").read_text())
            yield told, token[1] if token else ""
        finally:
            server.terminate()
            server.wait(_STARTS_IN_SECONDS)


def _wait_for(file: Path, pattern: str, server: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + _STARTS_IN_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        found = re.search(pattern, file.read_text())
        if found:
            return found[1]
        time.sleep(0.1)
    raise Failed(f"The server does not start\n{file.read_text()}")


if __name__ == "__main__":
    sys.exit(main())
