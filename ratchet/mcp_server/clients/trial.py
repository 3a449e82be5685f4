"""Start an installed entry as its client would, and greet the server."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from typing import IO, NamedTuple

import ratchet
from ratchet.values import JsonObject

SECONDS = 30.0
_OWN = (
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "TEMP",
)
_BARE_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"
_GREETING = {
    "protocolVersion": "2025-11-25",
    "capabilities": {},
    "clientInfo": {"name": "ratchet doctor", "version": ratchet.__version__},
}


class Trial(NamedTuple):
    """How a server answered.

    Args:
        tools: How many it offers.
        failure: What went wrong instead; None where nothing did.
    """

    tools: int
    milliseconds: int
    failure: str | None = None


def environment_for(own_path: bool, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what a client passes on to servers: next to nothing.

    Args:
        own_path: Whether the user's `PATH` is part of it; programs that are started from a desktop have the system's.
    """
    kept = {name: environment[name] for name in _OWN if name in environment}
    own = environment.get("PATH", os.defpath)
    return {**kept, "PATH": own if own_path or os.name == "nt" else _BARE_PATH}


def try_server(command: Sequence[str], environment: Mapping[str, str], *, seconds: float = SECONDS) -> Trial:
    """Start a server in an empty folder, ask for its tools and end it."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile() as talk:
        try:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=talk
            )
        except OSError as error:
            return Trial(0, 0, error.strerror or str(error))
        patience = threading.Timer(seconds, process.kill)
        patience.start()
        with process:
            try:
                tools = _greet(process)
                ended = "" if process.wait() == 0 else "it does not end when its client does"
            except (OSError, ValueError, LookupError, TypeError):
                process.kill()
                return Trial(0, 0, _reason(process, talk, late=time.monotonic() - started >= seconds))
            finally:
                patience.cancel()
    return Trial(tools, round((time.monotonic() - started) * 1000), ended or None)


def _greet(process: subprocess.Popen[bytes]) -> int:
    """Return the number of tools, and close the server's stdin."""
    assert process.stdin is not None
    assert process.stdout is not None
    _send(process.stdin, {"id": 1, "method": "initialize", "params": _GREETING})
    _answer(process.stdout, 1)["serverInfo"]
    _send(process.stdin, {"method": "notifications/initialized"})
    _send(process.stdin, {"id": 2, "method": "tools/list"})
    tools = _answer(process.stdout, 2)["tools"]
    process.stdin.close()
    return len(tools)


def _answer(stdout: IO[bytes], identity: int) -> JsonObject:
    """Return the result of a request; what the server has to say besides is passed over."""
    message: JsonObject = {}
    while message.get("id") != identity:
        message = json.loads(stdout.readline())
    result: JsonObject = message["result"]
    return result


def _send(stdin: IO[bytes], message: JsonObject) -> None:
    stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    stdin.flush()


def _reason(process: subprocess.Popen[bytes], talk: IO[bytes], *, late: bool) -> str:
    """Return what the server said itself, in short."""
    process.wait()
    talk.seek(0)
    lines = [line for line in talk.read().decode("utf-8", "replace").splitlines() if line.strip()]
    told = next((line for line in lines if line.startswith("Error: ")), lines[-1] if lines else "")
    what = "it does not answer in time" if late else "it does not speak the protocol"
    return f"{what}: {told}" if told else what
