"""Try out the workers of this machine, for `ratchet doctor`."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass

from ratchet.errors import RatchetError
from ratchet.execution.request import run_request
from ratchet.execution.sources import Sources
from ratchet.sandbox import launch
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.frames import pack_request
from ratchet.sandbox.pool import Pool
from ratchet.sandbox.supervise import Unheard, supervise
from ratchet.task.model import Limits
from ratchet.values import JsonObject


@dataclass(frozen=True, slots=True)
class Trial:
    """How a first task went.

    Args:
        failure: Why there was no answer; None when all went well.
    """

    failure: str | None
    milliseconds: int = 0
    isolation: JsonObject | None = None


def try_workers(source: str, engine: str) -> Trial:
    """Run one small script in a worker from this source, on this engine."""
    started = time.monotonic()
    sources = Sources("main.js", "detect", {"main.js": "(input) => input"}, {}, {})
    request = pack_request(run_request(sources, {}), b"1")
    pool = Pool(source, engine=engine, maximum=1)
    cancellation = Cancellation()
    try:
        with pool.lend(cancellation, Limits()) as worker:
            outcome = supervise(worker, request, Limits(), Unheard(), cancellation)
    except (RatchetError, OSError) as error:
        return Trial(f"{error}")
    finally:
        pool.close()
    if outcome.body != b"1":
        return Trial(_complaint(engine) or str(outcome.details.get("reason") or outcome.code))
    return Trial(None, round((time.monotonic() - started) * 1000), outcome.isolation)


def _complaint(engine: str) -> str:
    """Return what a worker that does not start prints: its errors go nowhere otherwise."""
    try:
        process = subprocess.run(
            launch.command("worker", engine),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=launch.START_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""  # It starts too slowly, and says nothing about that.
    return process.stderr.decode(sys.getfilesystemencoding(), "replace").strip()[-2000:]
