"""No worker, from whatever source and whoever runs it, can make a system call that it does not need."""

from __future__ import annotations

import errno
import functools
import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import pytest

from ratchet import Limits
from ratchet.engine import ENGINES
from ratchet.sandbox import frames, launch
from ratchet.sandbox.cancellation import Cancellation
from ratchet.sandbox.confine import probe
from ratchet.sandbox.isolation import parse_isolation
from ratchet.sandbox.pool import SOURCES, open_source
from ratchet.sandbox.supervise import Unheard, supervise
from ratchet.sandbox.workers import Confinement, confine_worker
from tests.sandbox.forbidden_calls import FORBIDDEN, MISSING

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux confines a process")

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
OWN_USER = os.geteuid() if sys.platform != "win32" else 0
USERS = (OWN_USER,) if OWN_USER else (0, NOBODY)
COLUMN = 1 if platform.machine() == "aarch64" else 0
NUMBERED = [name for name, row in FORBIDDEN.items() if row[COLUMN] != MISSING]
# What a worker boots by, but with the engine that makes the calls, and as somebody else, who may not be able to read
# the interpreter's own files: everything is imported and read before.
BOOT = """import os, sys
mode, engine, *sys.path[len(sys.path):] = sys.argv[1:]
sys.path.append({root!r})
from ratchet.sandbox import boot, zygote
from ratchet.sandbox.workers import Confinement, confine_worker
from tests.sandbox.forbidden_calls import ProbingEngine
boot.open_engine = lambda _name, prelude: ProbingEngine(prelude)
prelude = boot.Prelude()
boot.Prelude = lambda: prelude
boot.confine.prepare()
if os.geteuid() != {user}:
    os.setgroups([])
    os.setgid({user})
    os.setuid({user})
boot.main(mode, engine)"""
REQUEST = {"kind": "run", "main": {"id": "main.js"}, "files": {"main.js": ""}, "context": {}, "seed": "00"}


@functools.cache
def refusals(source: str, user: int) -> dict[str, int]:
    """Return the error number of each call made in a worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(launch, "_BOOT", BOOT.format(root=str(ROOT), user=user))
        workers = open_source(source, ENGINES[0])
        worker = workers.start()
    try:
        confine_worker(worker, Confinement.of(Limits()))
        request = frames.pack_request(REQUEST, b"null")
        outcome = supervise(worker, request, Limits(), Unheard(), Cancellation(), require_isolation="full")
    finally:
        workers.close()
    assert outcome.body is not None, (outcome.code, outcome.details)
    assert parse_isolation(outcome.isolation) == probe()
    said: dict[str, Any] = json.loads(outcome.body)
    assert said["user"] == user
    results: dict[str, int] = said["results"]
    return results


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("source", SOURCES)
def test_every_forbidden_call_is_refused(source: str, user: int) -> None:
    let_through = {name: error for name, error in refusals(source, user).items() if error != errno.EPERM}
    assert let_through == {}
    assert list(refusals(source, user)) == NUMBERED


def test_the_list_names_every_way_out() -> None:
    assert len(NUMBERED) >= 100
