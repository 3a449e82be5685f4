"""Where a worker's interpreter begins; see `launch`. Everything is imported and built before a request is known."""

from __future__ import annotations

import os
from typing import NoReturn

from ratchet.engine import open_engine
from ratchet.engine.prelude import Prelude
from ratchet.sandbox import confine
from ratchet.sandbox.inbox import PolledInbox, ThreadedInbox
from ratchet.sandbox.parent import die_with_parent
from ratchet.sandbox.worker import run_worker

# Hundreds of busy workers on a few processors would otherwise keep the host from its turn, and the user from Ctrl-C.
_NICENESS = 5


def main(mode: str, engine: str) -> NoReturn:
    """Run as a worker of its own (`worker`, or `piped` where pipes cannot be waited for), or as the `zygote`.

    Args:
        engine: One of `ratchet.engine.ENGINES`.
    """
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    os.chdir("/")
    confine.prepare()
    prelude = Prelude()
    if mode == "zygote":
        from ratchet.sandbox.zygote import serve_forks

        serve_forks(open_engine(engine, prelude), prelude)
    die_with_parent(os.getppid())
    inbox = ThreadedInbox() if mode == "piped" else PolledInbox()
    run_worker(open_engine(engine, prelude), prelude, inbox)
