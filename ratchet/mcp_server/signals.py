"""The signals that end a server, in either transport."""

from __future__ import annotations

import signal
import sys

import anyio


async def wait_for_end() -> None:
    """Wait for a signal to end: from the terminal, whoever started this, or the system."""
    if sys.platform == "win32":  # There is none: the process is ended at once, and its workers with it.
        await anyio.sleep_forever()
        return
    with anyio.open_signal_receiver(signal.SIGTERM, signal.SIGINT, signal.SIGHUP) as signals:
        async for _ in signals:
            return
