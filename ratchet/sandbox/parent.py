"""Tie a worker's life to the process that started it."""

from __future__ import annotations

import os
import signal

from ratchet.sandbox.kernel import bind_kernel

_PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends; Linux, a no-op elsewhere.

    Args:
        parent: The process id expected as parent; when it is gone already, this process exits.
    """
    kernel = bind_kernel()
    if kernel.system == "linux":
        kernel.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(0)
